/* Judging a result of word_count. Nothing in a result is trusted: it may be the leftovers of a
 * backend that wrote past, too little or not at all. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/word_expect.h"

enum { SHOWN_BYTES = 40, SHOWN_MAX = SHOWN_BYTES + 8 };

/* The beginning of a word, for people: what could disturb a terminal is escaped. */
static const char *format_word(const uint8_t *word, uint64_t bytes, char text[SHOWN_MAX])
{
    size_t used = 0;
    for (uint64_t i = 0; i < bytes;) {
        const struct unicode_character c = unicode_decode(word + i, (size_t)(bytes - i));
        const bool escaped = c.code_point >= UNICODE_STRAY || c.code_point < 0xA0;
        if (used + 4 > SHOWN_BYTES) {
            strcpy(text + used, "...");
            return text;
        }
        if (c.code_point > ' ' && c.code_point < 0x7F)
            text[used++] = (char)c.code_point;
        else if (escaped)
            used += (size_t)sprintf(text + used, "\\x%02x", word[i]);
        else {
            memcpy(text + used, word + i, c.bytes);
            used += c.bytes;
        }
        i += escaped ? 1 : c.bytes;
    }
    text[used] = '\0';
    return text;
}

static void fail_total(const struct word_answer *answer, uint64_t found, struct verdict *verdict)
{
    verdict->error =
        found > answer->total ? (double)(found - answer->total) : (double)(answer->total - found);
    snprintf(verdict->detail, sizeof(verdict->detail), "found %" PRIu64 " words, expected %" PRIu64,
             found, answer->total);
}

static void check_total(const struct problem *problem, const struct region *result,
                        struct verdict *verdict)
{
    const struct word_answer *answer = word_answer(problem);
    uint64_t found;
    if (result->bytes != sizeof(found)) {
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "the result has %zu bytes, expected one number of %zu", result->bytes,
                 sizeof(found));
        return;
    }
    memcpy(&found, result->data, sizeof(found));
    verdict->passed = found == answer->total;
    if (!verdict->passed)
        fail_total(answer, found, verdict);
}

static bool space_ends_at(const uint8_t *text, uint64_t position, enum word_rule rule)
{
    if (rule == RULE_ASCII)
        return text[position - 1] == ' ' || (text[position - 1] >= 9 && text[position - 1] <= 13);
    for (uint32_t back = 1; back <= 3 && back <= position; back++) {
        const struct unicode_character c = unicode_decode(text + position - back, back);
        if (c.bytes == back && unicode_is_space(c.code_point))
            return true;
    }
    return false;
}

/* NULL when the entry delimits exactly one word of the text, otherwise what is wrong with it. */
static const char *entry_fault(const struct problem *problem, const struct word_entry *entry,
                               uint32_t *hash)
{
    const uint8_t *text = problem->input.data;
    const uint64_t size = problem->input.bytes;
    const enum word_rule rule = word_params(problem)->rule;
    if (entry->offset >= size || entry->bytes > size - entry->offset)
        return "lies outside the text";
    if (entry->bytes == 0)
        return "is empty";
    if (entry->offset > 0 && !space_ends_at(text, entry->offset, rule))
        return "does not begin where a word begins";
    const uint64_t end = word_answer_read(text, entry->offset, size, rule, hash);
    if (end == entry->offset)
        return "begins with white space";
    if (end < entry->offset + entry->bytes)
        return "runs past the end of its word";
    return end > entry->offset + entry->bytes ? "ends inside its word" : NULL;
}

/* `seen` has a bit for each expected word; `fault` is what entry_fault said. */
static bool check_entry(const struct problem *problem, const struct word_entry *entry,
                        uint64_t index, const char *fault, uint32_t hash, uint8_t *seen,
                        struct verdict *verdict)
{
    if (fault != NULL) {
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "entry %" PRIu64 " (offset %" PRIu64 ", %" PRIu64 " bytes) %s", index,
                 entry->offset, entry->bytes, fault);
        return false;
    }
    char shown[SHOWN_MAX];
    const uint8_t *word = (const uint8_t *)problem->input.data + entry->offset;
    const uint32_t found = word_answer_find(problem, hash, word, entry->bytes);
    if (found == WORD_ANSWER_NONE) {
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "entry %" PRIu64 ": \"%s\" is not an expected word", index,
                 format_word(word, entry->bytes, shown));
        return false;
    }
    const uint64_t count = word_answer_entries(word_answer(problem))[found].word.count;
    if (entry->count != count) {
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "\"%s\": found %" PRIu64 " times, expected %" PRIu64,
                 format_word(word, entry->bytes, shown), entry->count, count);
        return false;
    }
    if (seen[found / 8] >> found % 8 & 1) {
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "entry %" PRIu64 ": \"%s\" stands twice in the result", index,
                 format_word(word, entry->bytes, shown));
        return false;
    }
    seen[found / 8] |= (uint8_t)(1u << found % 8);
    return true;
}

static bool check_batch(const struct problem *problem, const struct word_entry *entries,
                        uint64_t first, unsigned count, uint8_t *seen, struct verdict *verdict)
{
    const char *faults[WORD_BATCH];
    struct word_occurrence words[WORD_BATCH] = {{0}};
    for (unsigned i = 0; i < count; i++)
        if (entries[first + i].offset < problem->input.bytes)
            __builtin_prefetch((const uint8_t *)problem->input.data + entries[first + i].offset);
    for (unsigned i = 0; i < count; i++) {
        const struct word_entry *entry = &entries[first + i];
        words[i] = (struct word_occurrence){entry->offset, entry->bytes, entry->count, 0};
        faults[i] = entry_fault(problem, entry, &words[i].hash);
    }
    word_answer_prefetch(problem, words, count);
    bool passed = true;
    for (unsigned i = 0; i < count && passed; i++)
        passed = check_entry(problem, &entries[first + i], first + i, faults[i], words[i].hash,
                             seen, verdict);
    return passed;
}

static bool check_all_seen(const struct problem *problem, const uint8_t *seen,
                           struct verdict *verdict)
{
    const struct word_answer *answer = word_answer(problem);
    uint64_t i = 0;
    while (i < answer->distinct && (seen[i / 8] >> i % 8 & 1))
        i++;
    if (i == answer->distinct)
        return true;
    char shown[SHOWN_MAX];
    const struct word_entry *missing = &word_answer_entries(answer)[i].word;
    snprintf(
        verdict->detail, sizeof(verdict->detail), "\"%s\": missing, expected %" PRIu64 " times",
        format_word((const uint8_t *)problem->input.data + missing->offset, missing->bytes, shown),
        missing->count);
    return false;
}

static void check_frequency(const struct problem *problem, const struct region *result,
                            struct verdict *verdict)
{
    const struct word_answer *answer = word_answer(problem);
    const struct word_entry *entries = result->data;
    const uint64_t count = result->bytes / sizeof(*entries);
    if (result->bytes % sizeof(*entries) != 0) {
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "the result has %zu bytes, no multiple of an entry's %zu", result->bytes,
                 sizeof(*entries));
        return;
    }
    uint8_t *seen = calloc(answer->distinct / 8 + 1, 1);
    if (seen == NULL) {
        snprintf(verdict->detail, sizeof(verdict->detail),
                 "not checked: no memory to mark %" PRIu64 " words", answer->distinct);
        return;
    }
    bool passed = true;
    for (uint64_t first = 0; first < count && passed; first += WORD_BATCH) {
        const uint64_t left = count - first;
        passed = check_batch(problem, entries, first,
                             left < WORD_BATCH ? (unsigned)left : WORD_BATCH, seen, verdict);
    }
    verdict->passed = passed && check_all_seen(problem, seen, verdict);
    free(seen);
}

void word_check(const struct problem *problem, const struct region *result, double relative_error,
                struct verdict *verdict)
{
    (void)relative_error; /* the answer is exact */
    *verdict = (struct verdict){.passed = false};
    if (word_params(problem)->task == TASK_TOTAL)
        check_total(problem, result, verdict);
    else
        check_frequency(problem, result, verdict);
}
