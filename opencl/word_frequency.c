/* for each word of the text
 *     table[lower(word)]++;
 */
#include "common/unicode.h"
#include "opencl/words.h"

enum {
    SLOT_BYTES = 32,
    OWN_WORD_BYTES = 32,
    OWN_TEXT_BYTES = 256, /* of text for each place of a work-item's own table */
    OWN_SLOTS_MIN = 64,
    PROGRESS_BYTES = 16,
    CLEARING_ITEMS = 64,
    FIRST_CAPACITY_MIN = 4096,
    FIRST_CAPACITY_BYTES = 512, /* of text for each slot of the first table */
    GROWTH = 2,
    CAPACITY_MAX = 1 << 30,
};

/* As in opencl/word_table.cl. */
enum state { STATE_FULL, STATE_USED, STATE_LISTED, STATE_LOST, STATE_COUNT };

static uint64_t power_of_two(uint64_t least)
{
    uint64_t power = 1;
    while (power < least)
        power *= 2;
    return power;
}

/* ---- Arguments --------------------------------------------------------------------------- */

struct arguments {
    cl_kernel kernel;
    cl_uint count;
    enum ab_status status;
    struct ab_error *error;
};

static void give(struct arguments *a, size_t bytes, const void *value)
{
    struct ab_error *error = a->error;
    if (a->status == AB_OK)
        a->status = CL_TRY(error, SetKernelArg, a->kernel, a->count++, bytes, value);
}

#define GIVE(arguments, variable)      give(arguments, sizeof(variable), &(variable))
#define GIVE_BUFFER(arguments, buffer) give(arguments, sizeof(cl_mem), &(buffer))

/* The text and the table, with which the kernels that add words begin. */
static struct arguments begin_adding(cl_kernel kernel, const struct opencl_words_table *table,
                                     cl_mem text, cl_uint bytes, struct ab_error *error)
{
    struct arguments a = {.kernel = kernel, .status = AB_OK, .error = error};
    const cl_uint mask = (cl_uint)(table->capacity - 1);
    const cl_uint limit = (cl_uint)(table->capacity / 4 * 3 - table->reserve);
    GIVE_BUFFER(&a, text);
    GIVE(&a, bytes);
    GIVE_BUFFER(&a, table->slots);
    GIVE(&a, mask);
    GIVE(&a, limit);
    GIVE_BUFFER(&a, table->state);
    return a;
}

/* ---- Steps ------------------------------------------------------------------------------- */

static enum ab_status empty_table(struct opencl_context *context, struct opencl_words *words,
                                  struct ab_error *error)
{
    struct arguments a = {.kernel = words->table.clear, .status = AB_OK, .error = error};
    const cl_uint slots = (cl_uint)words->table.capacity;
    const size_t units = context->device.chunked ? 1 : context->device.compute_units;
    GIVE_BUFFER(&a, words->table.slots);
    GIVE(&a, slots);
    if (a.status == AB_OK)
        a.status = opencl_run(context, words->table.clear, CLEARING_ITEMS * units,
                              context->device.chunked ? 1 : words->group_items, error);
    return a.status == AB_OK
               ? opencl_clear(context, words->table.state, STATE_COUNT * sizeof(cl_uint), error)
               : a.status;
}

static enum ab_status count(struct opencl_context *context, struct opencl_words *words, cl_mem text,
                            cl_uint bytes, struct ab_error *error)
{
    const struct opencl_words_table *table = &words->table;
    struct arguments a = begin_adding(table->count, table, text, bytes, error);
    GIVE_BUFFER(&a, table->progress);
    if (words->shape->has_own_tables) {
        GIVE_BUFFER(&a, table->own_tables);
        GIVE(&a, table->own_slots);
    }
    return a.status == AB_OK ? opencl_run(context, table->count, words->groups,
                                          words->shape->alone ? 1 : words->group_items, error)
                             : a.status;
}

/* Lists and grows with as many groups as count, whatever their size. */
static enum ab_status run_over_slots(struct opencl_context *context,
                                     const struct opencl_words *words, cl_kernel kernel,
                                     struct ab_error *error)
{
    return opencl_run(context, kernel, context->device.chunked ? CLEARING_ITEMS : words->groups,
                      context->device.chunked ? 1 : words->group_items, error);
}

static enum ab_status list(struct opencl_context *context, const struct opencl_words *words,
                           cl_mem text, cl_uint bytes, struct ab_error *error)
{
    const struct opencl_words_table *table = &words->table;
    struct arguments a = {.kernel = table->list, .status = AB_OK, .error = error};
    const cl_uint slots = (cl_uint)table->capacity;
    GIVE_BUFFER(&a, text);
    GIVE(&a, bytes);
    GIVE_BUFFER(&a, table->slots);
    GIVE(&a, slots);
    GIVE_BUFFER(&a, table->state);
    GIVE_BUFFER(&a, table->entries);
    return a.status == AB_OK ? run_over_slots(context, words, table->list, error) : a.status;
}

static enum ab_status make_entries(struct opencl_context *context, struct opencl_words_table *table,
                                   uint64_t least, struct ab_error *error)
{
    if (table->entries != NULL && table->entry_capacity >= least)
        return AB_OK;
    opencl_free_buffer(&table->entries);
    table->entry_capacity = least;
    return opencl_buffer(context, least * sizeof(struct word_entry), "the list of words",
                         &table->entries, error);
}

static enum ab_status make_slots(struct opencl_context *context, struct opencl_words_table *table,
                                 uint64_t capacity, struct ab_error *error)
{
    table->capacity = capacity;
    return opencl_buffer(context, capacity * SLOT_BYTES, "the table of words", &table->slots,
                         error);
}

/* Moves the words to a larger table; those that count go on where they stopped. */
static enum ab_status grow(struct opencl_context *context, struct opencl_words *words, cl_mem text,
                           cl_uint bytes, struct ab_error *error)
{
    struct opencl_words_table *table = &words->table;
    cl_mem old = table->slots;
    const cl_uint old_slots = (cl_uint)table->capacity;
    table->slots = NULL;
    enum ab_status status = make_slots(context, table, GROWTH * table->capacity, error);
    if (status == AB_OK)
        status = empty_table(context, words, error);
    if (status == AB_OK) {
        struct arguments a = begin_adding(table->grow, table, text, bytes, error);
        GIVE_BUFFER(&a, old);
        GIVE(&a, old_slots);
        status = a.status == AB_OK ? run_over_slots(context, words, table->grow, error) : a.status;
    }
    opencl_free_buffer(&old); /* the driver keeps it until the kernel is done */
    return status;
}

/* Lists the words of a table that the kernels are done with. */
static enum ab_status list_words(struct opencl_context *context, struct opencl_words *words,
                                 cl_mem text, cl_uint bytes, struct ab_error *error)
{
    enum ab_status status = make_entries(context, &words->table, words->table.used, error);
    return status == AB_OK ? list(context, words, text, bytes, error) : status;
}

/* ---- Words that the host has
 * ---------------------------------------------------------------------- */

/* Equal for words that are equal under the rule; FNV-1a (Fowler, Noll, Vo) of the lower case. */
static uint64_t hash_word(const uint8_t *word, uint64_t bytes, enum word_rule rule)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (uint64_t i = 0; i < bytes;) {
        uint8_t folded[UNICODE_FOLDED_MAX] = {word[i]};
        size_t length = 1;
        if (rule == RULE_UNICODE) {
            const struct unicode_character c = unicode_decode(word + i, (size_t)(bytes - i));
            length = unicode_fold(c.code_point, folded);
            i += c.bytes;
        } else {
            folded[0] = (uint8_t)(word[i] - 'A') < 26 ? (uint8_t)(word[i] + 32) : word[i];
            i++;
        }
        for (size_t byte = 0; byte < length; byte++)
            hash = (hash ^ folded[byte]) * 0x00000100000001B3u;
    }
    return hash;
}

/* Joins what the device has listed with what the host has: for words of several pieces, and where
 * no device memory holds them all. */
static enum ab_status merge_words(struct job *job, uint64_t begin, struct ab_error *error)
{
    struct opencl_words *words = opencl_words(job);
    struct opencl_words_table *table = &words->table;
    const uint8_t *text = job->problem->input.data;
    struct region *entries = &table->listed;
    table->is_merged = true;
    enum ab_status status =
        region_resize(entries, table->used * sizeof(struct word_entry), "the list of words", error);
    if (status == AB_OK)
        status = opencl_read(job->context, entries->data, table->entries, 0, entries->bytes, error);
    for (uint64_t i = 0; i < table->used && status == AB_OK; i++) {
        const struct word_entry *entry = (const struct word_entry *)entries->data + i;
        const uint64_t offset = begin + entry->offset;
        status = word_table_add(&table->merged, hash_word(text + offset, entry->bytes, words->rule),
                                offset, entry->bytes, entry->count, error);
    }
    return status;
}

/* ---- One piece --------------------------------------------------------------------------- */

static bool can_grow(const struct opencl_context *context, const struct opencl_words_table *table)
{
    const uint64_t capacity = GROWTH * table->capacity;
    return capacity <= CAPACITY_MAX && capacity * SLOT_BYTES <= context->device.largest_bytes;
}

/* Makes room in a full table: in a larger one, or with the host where the device cannot hold one.
 * Those that count go on where they stopped. */
static enum ab_status make_room(struct job *job, const struct opencl_piece *piece,
                                struct ab_error *error)
{
    struct opencl_context *context = job->context;
    struct opencl_words *words = opencl_words(job);
    const cl_uint bytes = (cl_uint)piece->bytes;
    if (can_grow(context, &words->table))
        return grow(context, words, piece->buffer, bytes, error);
    enum ab_status status = list_words(context, words, piece->buffer, bytes, error);
    if (status == AB_OK)
        status = merge_words(job, piece->begin, error);
    return status == AB_OK ? empty_table(context, words, error) : status;
}

/* Counts one piece of the text and lists its words, but for those that the host has. */
static enum ab_status count_piece(struct job *job, const struct opencl_piece *piece,
                                  struct ab_error *error)
{
    struct opencl_context *context = job->context;
    struct opencl_words *words = opencl_words(job);
    struct opencl_words_table *table = &words->table;
    const cl_uint bytes = (cl_uint)piece->bytes;
    cl_uint state[STATE_COUNT] = {0};
    enum ab_status status = empty_table(context, words, error);
    if (status == AB_OK)
        status = opencl_clear(context, table->progress, opencl_words_items(words) * PROGRESS_BYTES,
                              error);
    while (status == AB_OK) {
        status = count(context, words, piece->buffer, bytes, error);
        if (status == AB_OK)
            status = opencl_read(context, state, table->state, 0, sizeof(state), error);
        if (status == AB_OK && state[STATE_LOST] != 0)
            status = ab_fail(error, AB_API, "%s lost words: its table of %llu slots was full",
                             context->device.name, (unsigned long long)table->capacity);
        table->used = state[STATE_USED];
        if (status != AB_OK || state[STATE_FULL] == 0)
            break;
        status = make_room(job, piece, error);
    }
    return status == AB_OK ? list_words(context, words, piece->buffer, bytes, error) : status;
}

enum ab_status opencl_frequency_run(struct job *job, struct ab_error *error)
{
    struct opencl_words *words = opencl_words(job);
    struct opencl_words_table *table = &words->table;
    const struct opencl_memory *input = job->input;
    enum ab_status status = AB_OK;
    word_table_free(&table->merged);
    word_table_open(&table->merged, job->problem->input.data, words->rule);
    table->is_merged = false;
    for (size_t i = 0; i < input->count && status == AB_OK; i++) {
        status = count_piece(job, &input->pieces[i], error);
        if (status == AB_OK && (input->count > 1 || table->is_merged))
            status = merge_words(job, input->pieces[i].begin, error);
    }
    return status;
}

enum ab_status opencl_frequency_download(struct job *job, struct ab_error *error)
{
    const struct opencl_words_table *table = &opencl_words(job)->table;
    const uint64_t words = table->is_merged ? 0 : table->used;
    enum ab_status status =
        region_resize(job->result, words * sizeof(struct word_entry), "the list of words", error);
    if (status == AB_OK && table->is_merged)
        return word_table_emit(&table->merged, job->result, error);
    return status == AB_OK ? opencl_read(job->context, job->result->data, table->entries, 0,
                                         job->result->bytes, error)
                           : status;
}

/* ---- Preparing --------------------------------------------------------------------------- */

static uint64_t largest_piece(const struct opencl_memory *input)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < input->count; i++)
        bytes = input->pieces[i].bytes > bytes ? input->pieces[i].bytes : bytes;
    return bytes;
}

static enum ab_status make_kernels(struct opencl_words *words, struct ab_error *error)
{
    struct opencl_words_table *table = &words->table;
    enum ab_status status = opencl_kernel(words->program, "clear", &table->clear, error);
    if (status == AB_OK)
        status = opencl_kernel(words->program, words->shape->count, &table->count, error);
    if (status == AB_OK)
        status = opencl_kernel(words->program, "grow", &table->grow, error);
    if (status == AB_OK)
        status = opencl_kernel(words->program, "list", &table->list, error);
    return status;
}

/* Tables of the work-items' own: as large as their parts of the text may make good use of, and no
 * larger in all than `most_bytes`. */
static void size_own_tables(struct opencl_words *words, uint64_t bytes, uint64_t most_bytes)
{
    struct opencl_words_table *table = &words->table;
    const uint64_t items = opencl_words_items(words);
    uint64_t slots = power_of_two(bytes / items / OWN_TEXT_BYTES + OWN_SLOTS_MIN);
    while (slots > OWN_SLOTS_MIN && items * slots * OWN_WORD_BYTES > most_bytes)
        slots /= 2;
    table->own_slots = (cl_uint)slots;
    /* When the table is full, every work-item may still have a word in hand, and a group's cache
     * all of its words. */
    table->reserve = items + (words->shape->alone ? 0 : words->groups * OPENCL_GROUP_CACHE_SLOTS);
}

static enum ab_status make_buffers(struct opencl_context *context, struct opencl_words *words,
                                   uint64_t bytes, struct ab_error *error)
{
    struct opencl_words_table *table = &words->table;
    const uint64_t items = opencl_words_items(words);
    size_own_tables(words, bytes, context->device.largest_bytes / 2);
    uint64_t capacity = bytes / FIRST_CAPACITY_BYTES + 2 * table->reserve;
    capacity = capacity < FIRST_CAPACITY_MIN ? FIRST_CAPACITY_MIN : capacity;
    enum ab_status status = make_slots(context, table, power_of_two(capacity), error);
    if (status == AB_OK)
        status = opencl_buffer(context, items * PROGRESS_BYTES, "the list of positions",
                               &table->progress, error);
    if (status == AB_OK)
        status = opencl_buffer(context, STATE_COUNT * sizeof(cl_uint), "the state of the table",
                               &table->state, error);
    if (status == AB_OK && words->shape->has_own_tables) {
        const uint64_t own_bytes = items * table->own_slots * OWN_WORD_BYTES;
        status = opencl_buffer(context, own_bytes, "the work-items' tables of words",
                               &table->own_tables, error);
        if (status == AB_OK) /* every run leaves them empty */
            status = opencl_clear(context, table->own_tables, own_bytes, error);
    }
    return status == AB_OK ? make_entries(context, table, 1, error) : status;
}

enum ab_status opencl_frequency_prepare(struct job *job, struct ab_error *error)
{
    struct opencl_context *context = job->context;
    struct opencl_words *words = opencl_words(job);
    struct opencl_words_table *table = &words->table;
    enum ab_status status = make_kernels(words, error);
    if (status == AB_OK)
        status = make_buffers(context, words, largest_piece(job->input), error);
    const struct opencl_piece nothing = {.buffer = table->state};
    if (status == AB_OK) /* every kernel once, on an empty text */
        status = count_piece(job, &nothing, error);
    if (status == AB_OK) {
        struct arguments a = begin_adding(table->grow, table, table->state, 0, error);
        const cl_uint none = 0;
        GIVE_BUFFER(&a, table->progress);
        GIVE(&a, none);
        status = a.status == AB_OK ? run_over_slots(context, words, table->grow, error) : a.status;
    }
    return status;
}

void opencl_frequency_release(struct opencl_words *words)
{
    struct opencl_words_table *table = &words->table;
    cl_kernel *const kernels[] = {&table->clear, &table->count, &table->grow, &table->list};
    cl_mem *const buffers[] = {&table->slots, &table->progress, &table->state, &table->own_tables,
                               &table->entries};
    for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
        opencl_free_kernel(kernels[i]);
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        opencl_free_buffer(buffers[i]);
    region_free(&table->listed);
    word_table_free(&table->merged);
}
