#include "bench/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum ab_status journal_open(struct journal *journal, const char *out, struct ab_error *error)
{
    *journal = (struct journal){.file = -1};
    if (out == NULL)
        return AB_OK;
    struct stat status;
    if (stat(out, &status) == 0 && S_ISDIR(status.st_mode))
        return ab_fail(error, AB_SYSTEM, "cannot write %s: it is a directory", out);
    if (stat(out, &status) == 0 && access(out, W_OK) != 0)
        return ab_fail_errno(error, AB_SYSTEM, "cannot write %s", out);
    text_add(&journal->name, "%s.journal", out);
    if (journal->name.failed)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the journal's name");
    journal->file = open(journal->name.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (journal->file < 0 && errno == EEXIST)
        return ab_fail(error, AB_SYSTEM,
                       "%s holds the rows of a run that was cut off, or of one "
                       "that is going on: move it away, or choose another --out",
                       journal->name.data);
    if (journal->file < 0)
        return ab_fail_errno(error, AB_SYSTEM, "cannot write %s", journal->name.data);
    journal->out = out;
    return AB_OK;
}

static enum ab_status add_line(struct journal *journal, struct json_writer *json,
                               struct ab_error *error)
{
    enum ab_status status = json_finish(json, error);
    if (status == AB_OK) {
        struct text line = {0};
        text_add_bytes(&line, json->text, json->length);
        text_add_bytes(&line, "\n", 1);
        status = text_write(&line, journal->file, journal->name.data, error);
        if (status == AB_OK && fdatasync(journal->file) != 0)
            status = ab_fail_errno(error, AB_SYSTEM, "cannot write to %s", journal->name.data);
        if (status == AB_OK)
            journal->good_bytes += (off_t)line.length;
        else if (ftruncate(journal->file, journal->good_bytes) != 0)
            status = error->status; /* half a line stays: a reader drops a last line without end */
        text_free(&line);
    }
    json_free(json);
    return status;
}

enum ab_status journal_context(struct journal *journal, const struct report_context *context,
                               const struct measurement *measurement, struct ab_error *error)
{
    if (journal->out == NULL)
        return AB_OK;
    struct json_writer json = {.one_line = true};
    json_begin_object(&json, NULL);
    report_json_context(context, measurement, &json);
    json_end_object(&json);
    return add_line(journal, &json, error);
}

enum ab_status journal_row(struct journal *journal, const struct row *row, struct ab_error *error)
{
    if (journal->out == NULL)
        return AB_OK;
    struct json_writer json = {.one_line = true};
    report_json_row(row, &json);
    enum ab_status status = add_line(journal, &json, error);
    journal->rows += status == AB_OK;
    return status;
}

enum ab_status journal_finish(struct journal *journal, const struct text *document,
                              struct ab_error *error)
{
    if (journal->out == NULL)
        return AB_OK;
    enum ab_status status = text_write_file(document, journal->out, error);
    if (status == AB_OK)
        journal->rows = 0; /* they are in FILE now */
    return status;
}

void journal_close(struct journal *journal)
{
    if (journal->file >= 0) {
        close(journal->file);
        if (journal->rows == 0)
            unlink(journal->name.data);
    }
    text_free(&journal->name);
    *journal = (struct journal){.file = -1};
}
