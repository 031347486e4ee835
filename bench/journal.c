#include "bench/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ab_status find_names(struct journal *journal, const char *out, struct ab_error *error)
{
    char *target = NULL;
    enum ab_status status = text_find_target(out, &target, error);
    if (status != AB_OK)
        return status;
    text_add(&journal->name, "%s.journal", target);
    journal->out = target;
    return journal->name.failed ? ab_fail(error, AB_NO_MEMORY, "no memory for the journal's name")
                                : AB_OK;
}

/* Two that write one journal would spoil it. The lock ends with the process, not with its workers.
 */
static enum ab_status lock(const struct journal *journal, struct ab_error *error)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(journal->file, F_SETLK, &whole) == 0 || (errno != EAGAIN && errno != EACCES))
        return AB_OK; /* a file system without locks is no reason to stop */
    return ab_fail(error, AB_SYSTEM, "%s is being written by a run that is going on: wait for it",
                   journal->name.data);
}

/* One that a run has left which was killed before it wrote a line; -1 and EEXIST where it is not.
 */
static int open_empty(const char *name)
{
    struct stat about;
    const int file = open(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file >= 0 && fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size == 0)
        return file;
    if (file >= 0)
        close(file);
    errno = EEXIST;
    return -1;
}

enum ab_status journal_open(struct journal *journal, const char *out, struct ab_error *error)
{
    *journal = (struct journal){.file = -1};
    if (out == NULL)
        return AB_OK;
    if (find_names(journal, out, error) != AB_OK)
        return error->status;
    journal->file = open(journal->name.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (journal->file < 0 && errno == EEXIST)
        journal->file = open_empty(journal->name.data);
    if (journal->file < 0 && errno == EEXIST)
        return ab_fail(error, AB_SYSTEM,
                       "%s holds the rows of a run that was cut off, which `accelbench report` "
                       "shows, or of one that is going on: move it away, or choose another --out",
                       journal->name.data);
    if (journal->file < 0)
        return ab_fail_errno(error, AB_SYSTEM, "cannot write %s", journal->name.data);
    const enum ab_status status = lock(journal, error);
    if (status != AB_OK) { /* it stays the other's */
        close(journal->file);
        journal->file = -1;
    }
    return status;
}

static enum ab_status read_all(const struct journal *journal, struct text *text,
                               struct ab_error *error)
{
    char buffer[1 << 16];
    ssize_t got;
    while ((got = read(journal->file, buffer, sizeof(buffer))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ab_fail_errno(error, AB_SYSTEM, "cannot read %s", journal->name.data);
        text_add_bytes(text, buffer, (size_t)got);
    }
    return text->failed ? ab_fail(error, AB_NO_MEMORY, "no memory for %s", journal->name.data)
                        : AB_OK;
}

enum ab_status journal_resume(struct journal *journal, const char *out, struct text *lines,
                              struct ab_error *error)
{
    *journal = (struct journal){.file = -1};
    if (find_names(journal, out, error) != AB_OK)
        return error->status;
    journal->rows = 1; /* what is in it stays, whatever happens now */
    journal->file = open(journal->name.data, O_RDWR | O_APPEND | O_CLOEXEC);
    if (journal->file < 0 && errno == ENOENT) {
        const bool is_there = access(out, F_OK) == 0;
        return ab_fail(error, AB_INPUT,
                       is_there
                           ? "nothing to go on with: %s has no journal beside it, so nothing was "
                             "cut off; leave out --resume to measure anew"
                           : "nothing to go on with: there is no %s; leave out --resume to begin",
                       is_there ? out : journal->name.data);
    }
    if (journal->file < 0)
        return ab_fail_errno(error, AB_SYSTEM, "cannot write %s", journal->name.data);
    enum ab_status status = lock(journal, error);
    return status == AB_OK ? read_all(journal, lines, error) : status;
}

enum ab_status journal_keep(struct journal *journal, size_t bytes, struct ab_error *error)
{
    journal->good_bytes = (off_t)bytes;
    return ftruncate(journal->file, journal->good_bytes) == 0
               ? AB_OK
               : ab_fail_errno(error, AB_SYSTEM, "cannot write to %s", journal->name.data);
}

enum ab_status journal_line(struct journal *journal, struct json_writer *json,
                            struct ab_error *error)
{
    if (journal->out == NULL) {
        json_free(json);
        return AB_OK;
    }
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
    return journal_line(journal, &json, error);
}

enum ab_status journal_row(struct journal *journal, const struct row *row, struct ab_error *error)
{
    if (journal->out == NULL)
        return AB_OK;
    struct json_writer json = {.one_line = true};
    report_json_row(row, &json);
    enum ab_status status = journal_line(journal, &json, error);
    journal->rows += status == AB_OK && row->run.outcome == BM_DONE;
    return status;
}

enum ab_status journal_failure(struct journal *journal, const struct measurement *measurement,
                               const struct alternative *a, struct ab_error *error)
{
    struct row row;
    row_of_failure(measurement, a, &row);
    return journal_row(journal, &row, error);
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
    free(journal->out);
    *journal = (struct journal){.file = -1};
}
