#include "common/word_count.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/parse.h"
#include "common/word_expect.h"
#include "common/word_input.h"
#include "common/word_text.h"

static const char *const task_names[] = {
    [TASK_FREQUENCY] = "frequency", [TASK_TOTAL] = "total", NULL};
static const char *const rule_names[] = {[RULE_UNICODE] = "unicode", [RULE_ASCII] = "ascii", NULL};

static const struct kernel_option options[] = {
    {"task", "TASK", "frequency: each word's count; total: their number (default frequency)",
     task_names},
    {"rule", "RULE",
     "unicode: white space and lower case as Python's str; ascii: bytes only (default unicode)",
     rule_names},
    {"size", "BYTES", "size of the generated text (default 256Mi)", NULL},
    {"top", "K", "most frequent words to show in a result (default 20)", NULL},
    {0},
};

/* Vectors, pages, and the blocks that the text is generated in. */
static const char *const edge_cases[] = {
    "task=frequency,total rule=unicode,ascii "
    "size=0,1,2,3,15,16,17,31,32,33,63,64,65,66,80,127,128,129,255,256,257,4095,4096,4097,4160,"
    "65535,65536,65537,300007",
    NULL};
static const char *const file_cases[] = {"task=frequency,total rule=unicode,ascii", NULL};

enum {
    DEFAULT_TEXT_BYTES = 256 << 20,
    DEFAULT_TOP = 20,
    GENERATED_ANSWER_BYTES = 64 << 20, /* its vocabulary is limited, and so is its table, */
    GENERATED_PART_BYTES = 24 << 20,   /* and that of each part of it */
    ANSWER_BYTES_MIN = 4 << 20
};

/* ---- Settings ------------------------------------------------------------------------------- */

static enum ab_status read_choice(const struct settings *settings, const char *name,
                                  const char *const *choices, size_t *index, struct ab_error *error)
{
    char option[16];
    snprintf(option, sizeof(option), "--%s", name);
    const char *value = setting_value(settings, name);
    *index = 0; /* the default stands first */
    return value == NULL ? AB_OK : parse_choice(option, value, choices, index, error);
}

static enum ab_status read_settings(const struct settings *settings,
                                    struct word_count_params *params, struct ab_error *error)
{
    const char *size = setting_value(settings, "size"), *top = setting_value(settings, "top");
    size_t task = 0, rule = 0;
    enum ab_status status = read_choice(settings, "task", task_names, &task, error);
    if (status == AB_OK)
        status = read_choice(settings, "rule", rule_names, &rule, error);
    if (status == AB_OK && size != NULL)
        status = parse_bytes("--size", size, 0, INT64_MAX, &params->text_bytes, error);
    if (status == AB_OK && top != NULL)
        status = parse_count("--top", top, 0, UINT32_MAX, &params->top, error);
    if (status == AB_OK && settings->file_count > 0 && size != NULL)
        status =
            ab_fail(error, AB_USAGE, "--size is for generated text: leave it out, or the files");
    params->task = (enum word_task)task;
    params->rule = (enum word_rule)rule;
    return status;
}

/* The table of expected words is far smaller than a natural text, and for a text without
 * repetition larger: it checks for itself what it takes beyond this. */
static uint64_t answer_estimate(const struct word_count_params *params, uint64_t bytes,
                                bool generated)
{
    if (params->task == TASK_TOTAL)
        return 0;
    const uint64_t parts = word_expect_parts(bytes, params->threads);
    const uint64_t most = GENERATED_ANSWER_BYTES + (parts > 1 ? parts * GENERATED_PART_BYTES : 0);
    if (generated && bytes / 2 > most)
        return most;
    return ANSWER_BYTES_MIN + bytes / 2;
}

static enum ab_status configure(const struct settings *settings, struct problem *problem,
                                struct ab_error *error)
{
    struct word_count_params *params = calloc(1, sizeof(*params));
    if (params == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the settings of word_count");
    problem->params = params;
    *params = (struct word_count_params){
        .text_bytes = DEFAULT_TEXT_BYTES, .top = DEFAULT_TOP, .threads = settings->threads};
    enum ab_status status = read_settings(settings, params, error);
    if (status != AB_OK)
        return status;
    uint64_t bytes = params->text_bytes;
    const bool generated = settings->file_count == 0;
    if (!generated) {
        params->text_bytes = 0;
        status = word_input_probe(settings, &bytes, error);
        if (status != AB_OK)
            return status;
    }
    problem->sizes[0] = bytes;
    problem->size_count = 1;
    problem->need_bytes = bytes + answer_estimate(params, bytes, generated);
    problem->labels[0] =
        (struct problem_label){"task", task_names[params->task], params->task == TASK_FREQUENCY};
    problem->labels[1] =
        (struct problem_label){"rule", rule_names[params->rule], params->rule == RULE_UNICODE};
    problem->label_count = 2;
    return AB_OK;
}

static void destroy(struct problem *problem)
{
    free(problem->params);
    problem->params = NULL;
}

/* ---- The text ------------------------------------------------------------------------------- */

/* Sizes are given in powers of 1024 more often than not. */
static void summarize_generated(uint64_t bytes, char *summary, size_t size)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    uint64_t rest = bytes;
    while (unit < 4 && rest != 0 && rest % 1024 == 0) {
        rest /= 1024;
        unit++;
    }
    char text[FORMAT_BYTES];
    if (unit > 0)
        snprintf(text, sizeof(text), "%" PRIu64 " %s", rest, units[unit]);
    else
        format_bytes(bytes, text);
    snprintf(summary, size, "%s of text", text);
}

static enum ab_status make(const struct settings *settings, struct problem *problem,
                           struct ab_error *error)
{
    const struct word_count_params *params = word_params(problem);
    enum ab_status status;
    if (settings->file_count == 0) {
        status = region_resize(&problem->input, params->text_bytes, "the text", error);
        if (status == AB_OK)
            status = word_text_make(problem->input.data, params->text_bytes, settings->seed,
                                    settings->threads, error);
        summarize_generated(params->text_bytes, problem->summary, sizeof(problem->summary));
    } else {
        status = word_input_read(settings, &problem->input, error);
        char bytes[FORMAT_BYTES];
        snprintf(problem->summary, sizeof(problem->summary), "%s in %zu file%s",
                 format_bytes(problem->input.bytes, bytes), settings->file_count,
                 settings->file_count == 1 ? "" : "s");
    }
    problem->sizes[0] = problem->input.bytes;
    return status;
}

/* ---- The result ----------------------------------------------------------------------------- */

enum { WORD_SHOWN_BYTES = 4096 };

struct ranking {
    const uint8_t *text;
    enum word_rule rule;
    const struct word_entry *entries;
    uint64_t *heap; /* owned; indices of entries, the one to go first at the front */
    uint64_t used;
};

static bool ranks_before(const struct ranking *ranking, uint64_t a, uint64_t b)
{
    const struct word_entry *left = &ranking->entries[a], *right = &ranking->entries[b];
    if (left->count != right->count)
        return left->count > right->count;
    return compare_folded(ranking->text + left->offset, left->bytes, ranking->text + right->offset,
                          right->bytes, ranking->rule) < 0;
}

/* Restores the heap below `place`: every entry ranks before its parent. */
static void sift_down(const struct ranking *ranking, uint64_t place)
{
    uint64_t *heap = ranking->heap;
    const uint64_t moving = heap[place];
    for (uint64_t child; (child = 2 * place + 1) < ranking->used; place = child) {
        if (child + 1 < ranking->used && ranks_before(ranking, heap[child], heap[child + 1]))
            child++;
        if (ranks_before(ranking, heap[child], moving))
            break;
        heap[place] = heap[child];
    }
    heap[place] = moving;
}

/* Leaves the indices of the first `top` of `count` entries in the heap, in order. */
static void rank(struct ranking *ranking, uint64_t count, uint64_t top)
{
    for (uint64_t i = 0; i < top; i++)
        ranking->heap[i] = i;
    ranking->used = top;
    if (top == 0)
        return;
    for (uint64_t i = top / 2; i-- > 0;)
        sift_down(ranking, i);
    for (uint64_t i = top; i < count; i++) {
        if (!ranks_before(ranking, i, ranking->heap[0]))
            continue;
        ranking->heap[0] = i;
        sift_down(ranking, 0);
    }
    while (ranking->used > 1) {
        const uint64_t last = ranking->heap[0];
        ranking->heap[0] = ranking->heap[--ranking->used];
        ranking->heap[ranking->used] = last;
        sift_down(ranking, 0);
    }
}

/* Folds the character at *word into `folded`; returns the length, 0 at the end of the word. */
static size_t shown_character(const uint8_t **word, const uint8_t *end, enum word_rule rule,
                              uint8_t folded[UNICODE_FOLDED_MAX], bool *lossy)
{
    if (*word == end)
        return 0;
    const struct unicode_character c = unicode_decode(*word, (size_t)(end - *word));
    size_t length = c.bytes;
    if (c.code_point >= UNICODE_STRAY) {
        *lossy = true;
        length = 3;
        memcpy(folded, "\xEF\xBF\xBD", length); /* U+FFFD */
    } else if (rule == RULE_UNICODE || c.bytes == 1)
        length = unicode_fold(c.code_point, folded);
    else
        memcpy(folded, *word, length);
    *word += c.bytes;
    return length;
}

static void write_bytes(const uint8_t *word, uint64_t bytes, enum word_rule rule,
                        struct json_writer *json)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * WORD_SHOWN_BYTES];
    size_t used = 0;
    uint64_t length = 0;
    struct folded_bytes folded = fold_word(word, bytes, rule);
    for (int byte; (byte = folded_next(&folded)) >= 0; length++) {
        if (used == sizeof(hex))
            continue;
        hex[used++] = digits[byte >> 4];
        hex[used++] = digits[byte & 15];
    }
    json_string_bytes(json, "word_hex", hex, used);
    json_unsigned(json, "word_bytes", length);
}

static void write_word(const uint8_t *word, const struct word_entry *entry, enum word_rule rule,
                       struct json_writer *json)
{
    uint8_t shown[WORD_SHOWN_BYTES];
    uint8_t folded[UNICODE_FOLDED_MAX];
    const uint8_t *next = word, *end = word + entry->bytes;
    size_t used = 0, length;
    bool lossy = false;
    while ((length = shown_character(&next, end, rule, folded, &lossy)) > 0) {
        if (used + length > sizeof(shown)) {
            lossy = true;
            break;
        }
        memcpy(shown + used, folded, length);
        used += length;
    }
    json_begin_object(json, NULL);
    json_string_bytes(json, "word", shown, used);
    if (lossy)
        write_bytes(word, entry->bytes, rule, json);
    json_unsigned(json, "count", entry->count);
    json_end_object(json);
}

static enum ab_status write_top(const struct problem *problem, const struct region *result,
                                struct json_writer *json, struct ab_error *error)
{
    const struct word_count_params *params = word_params(problem);
    const uint64_t count = result->bytes / sizeof(struct word_entry);
    const uint64_t top = params->top < count ? params->top : count;
    struct ranking ranking = {.text = problem->input.data,
                              .rule = params->rule,
                              .entries = result->data,
                              .heap = malloc((top + 1) * sizeof(uint64_t))};
    if (ranking.heap == NULL)
        return ab_fail(error, AB_NO_MEMORY,
                       "no memory to rank the first %" PRIu64 " words: choose a smaller --top",
                       top);
    rank(&ranking, count, top);
    json_begin_array(json, "top");
    for (uint64_t i = 0; i < top; i++) {
        const struct word_entry *entry = &ranking.entries[ranking.heap[i]];
        write_word(ranking.text + entry->offset, entry, params->rule, json);
    }
    json_end_array(json);
    free(ranking.heap);
    return AB_OK;
}

/* For a result that passed the check. */
static enum ab_status write_result(const struct problem *problem, const struct region *result,
                                   struct json_writer *json, struct ab_error *error)
{
    if (word_params(problem)->task == TASK_TOTAL) {
        json_unsigned(json, "total_words", *(const uint64_t *)result->data);
        return AB_OK;
    }
    const struct word_entry *entries = result->data;
    const uint64_t count = result->bytes / sizeof(*entries);
    uint64_t total = 0;
    for (uint64_t i = 0; i < count; i++)
        total += entries[i].count;
    json_unsigned(json, "total_words", total);
    json_unsigned(json, "distinct_words", count);
    return write_top(problem, result, json, error);
}

const struct kernel word_count_kernel = {
    .name = "word_count",
    .summary = "words of a UTF-8 text, in total or each with its frequency",
    .options = options,
    .result_bytes = 0, /* as many entries as there are distinct words */
    .many_files = true,
    .edge_cases = edge_cases,
    .file_cases = file_cases,
    .configure = configure,
    .make = make,
    .expect = word_expect,
    .check = word_check,
    .write_result = write_result,
    .destroy = destroy,
};
