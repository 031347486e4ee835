#include "bench/results_text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "bench/results.h"
#include "bench/results_journal.h"

/* ---- The file ---------------------------------------------------------------------------- */

static enum ab_status read_all(int descriptor, const char *file, struct text *text,
                               struct ab_error *error)
{
    char piece[1 << 16];
    ssize_t got = 1;
    while (got > 0) {
        got = read(descriptor, piece, sizeof(piece));
        if (got < 0 && errno == EINTR) {
            got = 1;
            continue;
        }
        if (got < 0)
            return ab_fail_errno(error, AB_INPUT, "%s: cannot read it", file);
        text_add_bytes(text, piece, (size_t)got);
        if (text->length > RESULTS_BYTES_MAX)
            return ab_fail(error, AB_INPUT,
                           "%s: larger than %u MiB, too large for a result file; leave rows out",
                           file, RESULTS_BYTES_MAX >> 20);
        if (text->failed)
            return ab_fail(error, AB_NO_MEMORY, "%s: no memory to read it", file);
    }
    return AB_OK;
}

enum ab_status results_text_read(const char *file, struct text *text, struct ab_error *error)
{
    const bool is_standard = strcmp(file, "-") == 0;
    int descriptor = is_standard ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return ab_fail_errno(error, AB_INPUT, "cannot open %s", file);
    enum ab_status status =
        read_all(descriptor, is_standard ? "standard input" : file, text, error);
    if (!is_standard)
        close(descriptor);
    return status;
}

/* ---- What is nearly JSON ----------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The length of a number that JSON does not have, or 0. */
static size_t not_a_number(const char *text, size_t available)
{
    static const char *const words[] = {"nan", "infinity", "inf"};
    const size_t sign = *text == '-' || *text == '+' ? 1 : 0;
    size_t letters = 0;
    while (letters <= strlen("infinity") && sign + letters < available &&
           is_letter(text[sign + letters]))
        letters++;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (letters == strlen(words[i]) && strncasecmp(text + sign, words[i], letters) == 0)
            return sign + letters;
    return 0;
}

/* In place: an empty text is no number either, and the shortest of these words has room for it. */
static void put_empty_text(char *text, size_t length)
{
    memset(text, ' ', length);
    text[0] = text[1] = '"';
}

/* Returns the first byte behind the string that opens at text[i]. */
static size_t mend_string(char *text, size_t i, size_t length)
{
    for (i++; i < length && text[i] != '"'; i++) {
        if (text[i] == '\\' && i + 1 < length)
            i++;
        if ((unsigned char)text[i] < ' ')
            text[i] = '?';
    }
    return i + 1;
}

/* Returns how many values there are at most. */
static size_t mend(char *text, size_t length)
{
    size_t values = 1;
    for (size_t i = 0; i < length;) {
        const size_t word = not_a_number(text + i, length - i);
        if (text[i] == '"') {
            i = mend_string(text, i, length);
        } else if (word > 0) {
            put_empty_text(text + i, word);
            i += word;
        } else {
            values += text[i] == ',' || text[i] == '[' || text[i] == '{';
            i++;
        }
    }
    return values;
}

json_t *results_text_parse(const char *file, char *text, size_t length, bool *is_journal,
                           struct ab_error *error)
{
    json_error_t where;
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* as editors on Windows leave it */
        text += 3;
        length -= 3;
    }
    if (length == 0 || mend(text, length) > RESULTS_VALUES_MAX) {
        ab_fail(error, AB_INPUT,
                length == 0 ? "%s: empty; a run that was stopped leaves FILE.journal"
                            : "%s: too many values for a result file; leave rows out",
                file);
        return NULL;
    }
    *is_journal = results_is_journal(text, length);
    if (*is_journal)
        return results_journal_parse(file, text, length, error);
    json_t *document = json_loadb(text, length, RESULTS_JSON_FLAGS, &where);
    if (document == NULL && json_error_code(&where) == json_error_out_of_memory)
        ab_fail(error, AB_NO_MEMORY, "%s: no memory for its values", file);
    else if (document == NULL)
        ab_fail(error, AB_INPUT, "%s: line %d, column %d: not JSON: %s", file, where.line,
                where.column, where.text);
    return document;
}
