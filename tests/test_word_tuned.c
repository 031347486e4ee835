/* The technique `tuned` of word_count, with every instruction set that this machine has: texts with
 * something at every place where a block, a batch, a chunk, a key or a table ends. The judge is
 * kernel->check, which test_word_check.c judges in turn. Texts end where memory ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/unicode.h"
#include "cpu/isa.h"
#include "cpu/word_fold.h"
#include "cpu/word_slice.h"
#include "cpu/word_tuned.h"

static const struct kernel *kernel(void)
{
    return find_kernel("word_count");
}

/* ---- One text, every way ---------------------------------------------------------------------
 */

/* Memory that ends where nothing can be read. */
struct guarded {
    char *map, *end;
    size_t bytes;
};

static struct guarded guarded_make(size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t room = (bytes / page + 1) * page;
    struct guarded g = {.bytes = room + page};
    g.map = mmap(NULL, g.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(g.map != MAP_FAILED);
    g.end = g.map + room;
    assert_int_equal(mprotect(g.end, page, PROT_NONE), 0);
    return g;
}

static void count_in_parts(struct job *job, unsigned count, const char *what)
{
    struct ab_error error = {0};
    struct verdict verdict;
    struct word_part *parts = word_parts_make(job, count, &error);
    assert_non_null(parts);
    for (unsigned i = 0; i < count; i++)
        word_part_count(&parts[i], job, i, count);
    for (unsigned round = 0; word_parts_pairs(job, count, round) != 0; round++)
        for (unsigned pair = word_parts_pairs(job, count, round); pair-- > 0;)
            word_parts_merge(parts, count, round, pair);
    if (word_parts_finish(parts, count, job, &error) != AB_OK)
        fail_msg("%s: %s", what, error.message);
    job->problem->kernel->check(job->problem, job->result, 0, &verdict);
    if (!verdict.passed)
        fail_msg("%s with %s, in %u parts: %s", what, getenv("ACCELBENCH_ISA"), count,
                 verdict.detail);
}

static void try_problem(const struct problem *problem, const char *what)
{
    struct ab_error error = {0};
    struct region result = {0};
    for (enum cpu_isa isa = 0; isa < CPU_ISA_COUNT; isa++) {
        struct job job = {.problem = problem, .input = problem->input.data, .result = &result};
        if (!cpu_isa_available(isa))
            continue;
        setenv("ACCELBENCH_ISA", cpu_isa_name(isa), 1);
        assert_int_equal(word_tuned_prepare(&job, &error), AB_OK);
        for (unsigned parts = 1; parts <= 3; parts++)
            count_in_parts(&job, parts, what);
        word_tuned_release(&job);
        assert_null(job.scratch);
    }
    unsetenv("ACCELBENCH_ISA");
    region_free(&result);
}

static void try_text(const void *text, size_t length, const char *what)
{
    const struct guarded g = guarded_make(length);
    struct ab_error error = {0};
    memcpy(g.end - length, text, length);
    for (int choice = 0; choice < 4; choice++) {
        struct word_count_params params = {.task = choice & 1 ? TASK_TOTAL : TASK_FREQUENCY,
                                           .rule = choice & 2 ? RULE_ASCII : RULE_UNICODE};
        struct problem problem = {.kernel = kernel(), .params = &params};
        problem.input = (struct region){.data = g.end - length, .bytes = length};
        assert_int_equal(kernel()->expect(&problem, &error), AB_OK);
        try_problem(&problem, what);
        region_free(&problem.expected);
    }
    munmap(g.map, g.bytes);
}

/* ---- Texts made of pieces --------------------------------------------------------------------
 */

enum { TEXT_MAX = 1 << 16 };

struct maker {
    uint8_t text[TEXT_MAX];
    size_t used;
};

static void append(struct maker *m, const char *piece, size_t bytes)
{
    assert_true(m->used + bytes <= TEXT_MAX);
    memcpy(m->text + m->used, piece, bytes);
    m->used += bytes;
}

static void repeat(struct maker *m, const char *piece, size_t times)
{
    for (size_t i = 0; i < times; i++)
        append(m, piece, strlen(piece));
}

/* Blocks have 64 bytes, chunks 4096, keys 16. */
static const size_t word_bytes[] = {1,  2,  7,  8,  9,  15, 16, 17,  18,  31,
                                    32, 33, 47, 48, 63, 64, 65, 127, 128, 129};
static const size_t edges[] = {64, 128, 4096, 8192};
static const char *const blanks[] = {" ", "\n", "\xc2\x85", "\u1680", "\u2009", "\u205f", "\u3000"};

enum {
    WORD_BYTES = sizeof(word_bytes) / sizeof(word_bytes[0]),
    EDGES = sizeof(edges) / sizeof(edges[0]),
    BLANKS = sizeof(blanks) / sizeof(blanks[0])
};

/* A word that ends `before` bytes from where it begins to an edge, and the same word elsewhere. */
static void try_straddling(const char *letter, size_t bytes, size_t edge, size_t before,
                           const char *blank)
{
    static struct maker m;
    char what[96];
    m.used = 0;
    repeat(&m, "a B ", (edge - before) / 4);
    repeat(&m, " ", (edge - before) % 4);
    for (int times = 0; times < 2; times++) {
        repeat(&m, letter, bytes / strlen(letter));
        repeat(&m, "x", bytes % strlen(letter));
        append(&m, blank, strlen(blank));
    }
    repeat(&m, "Y", bytes);
    snprintf(what, sizeof(what), "%zu bytes of %s at %zu - %zu", bytes, letter, edge, before);
    try_text(m.text, m.used, what);
}

static void test_words_over_edges(void **state)
{
    (void)state;
    static const char *const letters[] = {"Q", "\u0416", "\xff"};
    size_t turn = 0;
    for (size_t e = 0; e < EDGES; e++)
        for (size_t w = 0; w < WORD_BYTES; w++)
            for (size_t before = 0; before <= word_bytes[w] + 3 && before <= edges[e];
                 turn++, before += before < 4 || before + 4 > word_bytes[w] ? 1 : 11)
                try_straddling(letters[turn % 3], word_bytes[w], edges[e], before,
                               blanks[turn % BLANKS]);
}

/* White space beyond ASCII, and what nearly is, at every place around the end of a block. */
static void test_blanks_over_edges(void **state)
{
    (void)state;
    static const char *const pieces[] = {"\xc2\xa0",     "\u2000",   "\u200a",   "\u2028",
                                         "\u202f",       "\u3000",   "\u200b",   "\xe2\x80",
                                         "\xe3\x80\xc2", "\xc2\x86", "\xe1\x9a", "\xe2\x81\x9e"};
    static struct maker m;
    for (size_t p = 0; p < sizeof(pieces) / sizeof(pieces[0]); p++)
        for (size_t place = 56; place < 72; place++) {
            m.used = 0;
            repeat(&m, "e", place);
            repeat(&m, pieces[p], 3);
            repeat(&m, "E", 70);
            try_text(m.text, m.used, pieces[p]);
            try_text(m.text, place + strlen(pieces[p]), pieces[p]);
        }
}

/* So many words of so many kinds that a batch ends behind each. */
static void test_batches(void **state)
{
    (void)state;
    static const char *const kinds[] = {"a ",
                                        "B\t",
                                        "\u0416 ",
                                        "a\0b ",
                                        "abcdefghijklmnopqrs ",
                                        "\u0416\u0416\u0416\u0416\u0416\u0416\u0416\u0416z "};
    static struct maker m;
    for (unsigned mixed = 0; mixed < 64; mixed += 7)
        for (unsigned words = 61; words < 132; words += words == 66 ? 60 : 1) {
            m.used = 0;
            for (unsigned i = 0; i < words; i++) {
                const unsigned kind = i * (mixed + 1) % (mixed % 6 + 1);
                append(&m, kinds[kind], kind == 3 ? 4 : strlen(kinds[kind]));
            }
            try_text(m.text, m.used, "a batch");
        }
}

/* Lower case is longer or shorter than the word, on both sides of what a key takes. */
static void test_lengths_change(void **state)
{
    (void)state;
    static const char *const letters[] = {"\u023a", "\u2c65", "\u212a",  "k",
                                          "K",      "\u0130", "i\u0307", "\u2126",
                                          "\u03c9", "\u1e9e", "\u00df"};
    static struct maker m;
    m.used = 0;
    for (size_t times = 1; times < 20; times++)
        for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
            repeat(&m, letters[i], times);
            append(&m, " ", 1);
            repeat(&m, letters[i], times);
            append(&m, "x ", 2);
        }
    try_text(m.text, m.used, "changing lengths");
}

static void test_nul(void **state)
{
    (void)state;
    static struct maker m;
    m.used = 0;
    for (size_t bytes = 0; bytes < 20; bytes++)
        for (size_t nuls = 0; nuls < 4; nuls++) {
            repeat(&m, "a", bytes);
            for (size_t i = 0; i < nuls; i++)
                append(&m, "\0", 1);
            append(&m, " \0A", nuls == 3 ? 3 : 1);
        }
    try_text(m.text, m.used, "NUL");
}

/* Any bytes, from few to choose from, so that words come again. */
static void test_random(void **state)
{
    (void)state;
    static const char alphabet[] = "aA \n\0\xc2\x85\xa0\xe2\x80\xe3\x81\x9f\xd0\x96zZ\xc5\xbe\xff";
    static struct maker m;
    uint64_t random = 1;
    for (size_t turn = 0; turn < 60; turn++) {
        const size_t letters = 3 + turn % (sizeof(alphabet) - 3);
        for (m.used = 0; m.used < 150 * turn; m.used++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            m.text[m.used] = (uint8_t)alphabet[(random >> 33) % letters];
        }
        try_text(m.text, m.used, "random bytes");
    }
}

/* ---- Tables ----------------------------------------------------------------------------------
 */

static void test_growth(void **state)
{
    (void)state;
    enum { WORDS = 30000, ROOM = 24 };
    char *text = malloc(WORDS * ROOM);
    assert_non_null(text);
    size_t used = 0;
    for (size_t i = 0; i < WORDS; i++)
        used += (size_t)sprintf(text + used, i % 4 == 0 ? "a%020zu " : "%zu ", i);
    for (size_t i = 0; i < WORDS; i += 7)
        used += (size_t)sprintf(text + used, "%zu ", i);
    assert_true(used <= WORDS * ROOM);
    try_text(text, used, "growing tables");
    free(text);
}

/* Bytes that are letters by both rules, whatever their number. */
static bool are_letters(uint64_t bytes)
{
    for (unsigned i = 0; i < 64; i += 8) {
        const unsigned byte = bytes >> i & 0xFF;
        if (byte < '!' || byte > '~' || (byte >= 'A' && byte <= 'Z'))
            return false;
    }
    return true;
}

static uint64_t next_letters(uint64_t *random)
{
    uint64_t letters;
    do {
        *random = *random * 6364136223846793005u + 1442695040888963407u;
        letters = (*random >> 1 & 0x7F7F7F7F7F7F7F7Fu) | 0x4040404040404040u;
        letters |= 0x2020202020202020u;
    } while (!are_letters(letters));
    return letters;
}

/* The first step of a long word's hash. */
static uint64_t first_step(uint64_t letters)
{
    letters *= 0xFF51AFD7ED558CCDu;
    return letters ^ letters >> 32;
}

/* The eight letters at `at` that give a word of `bytes` the hash of another, of which it differs in
 * the eight before. */
static uint64_t partner(const uint64_t *word, const uint64_t *other, size_t bytes)
{
    const uint64_t multiplier = 0x9E3779B97F4A7C15u;
    if (bytes <= WORD_WIDE_KEY_BYTES)
        return word[0] ^ word[1] * multiplier ^ other[1] * multiplier;
    return word[1] ^ first_step(word[0]) ^ first_step(other[0]);
}

static uint64_t hash_of(const uint64_t *word, size_t bytes)
{
    static struct word_fold fold;
    struct word_folded folded;
    word_fold_open(&fold, RULE_ASCII);
    switch (word_fold_word(&fold, (const uint8_t *)word, bytes, &folded)) {
    case WORD_SHORT:
        return word_key_hash(folded.key.first);
    case WORD_WIDE:
        return word_wide_key_hash(folded.key);
    case WORD_LONG:
        break;
    }
    return folded.hash;
}

/* Many words of `bytes` with one and the same 64-bit hash are many words. */
static void try_equal_hashes(size_t bytes)
{
    enum { WORDS = 40, EIGHTS = 6 };
    static struct maker m;
    uint64_t random = 99, word[EIGHTS], other[EIGHTS];
    for (size_t i = 0; i < EIGHTS; i++)
        other[i] = word[i] = next_letters(&random);
    m.used = 0;
    append(&m, (const char *)word, bytes);
    for (unsigned words = 1; words < WORDS;) {
        const size_t given = bytes <= WORD_WIDE_KEY_BYTES ? 1 : 0;
        other[given] = next_letters(&random);
        other[1 - given] = partner(word, other, bytes);
        if (!are_letters(other[1 - given]))
            continue;
        assert_true(hash_of(word, bytes) == hash_of(other, bytes));
        for (unsigned times = 0; times < words % 3 + 1; times++) {
            append(&m, " ", 1);
            append(&m, (const char *)other, bytes);
        }
        words++;
    }
    try_text(m.text, m.used, "equal hashes");
}

static void test_equal_hashes(void **state)
{
    (void)state;
    try_equal_hashes(16);
    try_equal_hashes(29);
    try_equal_hashes(32);
    try_equal_hashes(41);
}

/* Every character and its neighbours in lower case, each a word of its own. */
static void test_every_character(void **state)
{
    (void)state;
    enum { LAST = 0x1FFFF, ROOM = 12 };
    char *text = malloc((size_t)(LAST + 1) * ROOM);
    assert_non_null(text);
    size_t used = 0;
    for (uint32_t c = 1; c <= LAST; c++) {
        uint8_t folded[UNICODE_FOLDED_MAX];
        const uint8_t whole[] = {(uint8_t)(0xE0 | c >> 12), (uint8_t)(0x80 | (c >> 6 & 0x3F)),
                                 (uint8_t)(0x80 | (c & 0x3F))};
        const size_t length = unicode_fold(c, folded);
        memcpy(text + used, folded, length);
        used += length;
        if (c < 0x800)
            used += (size_t)sprintf(text + used, " a%c%c", (int)(0xC0 | c >> 6), whole[2]);
        else if (c < 0x10000) {
            memcpy(text + used, whole, sizeof(whole));
            used += sizeof(whole);
        } else
            used += (size_t)sprintf(text + used, "%c%c%c%c", 0xF0, (int)(0x80 | (c >> 12 & 0x3F)),
                                    whole[1], whole[2]);
        text[used++] = ' ';
    }
    try_text(text, used, "every character");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_over_edges),
        cmocka_unit_test(test_blanks_over_edges),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_lengths_change),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_equal_hashes),
        cmocka_unit_test(test_every_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
