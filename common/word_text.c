#include "common/word_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/parallel.h"
#include "common/random.h"

enum {
    VOCABULARY_BITS = 16,
    VOCABULARY = 1 << VOCABULARY_BITS, /* a power of two: 16 random bits choose a cell */
    BLOCK_BYTES = 64 * 1024,
    LINE_COLUMNS = 72, /* a word that begins after this column ends its line */
    WORD_BYTES_MAX = 31,
    TOKEN_BYTES_MAX = WORD_BYTES_MAX + 8 /* with punctuation and the blank */
};

#define VOCABULARY_STREAM UINT64_MAX /* a block number that no text has */

struct word {
    uint8_t bytes;
    char text[WORD_BYTES_MAX];
};

/* Walker's alias method: the cell that a random number chooses yields its own word when another
 * random number is below `threshold`, and its alias otherwise. */
struct cell {
    uint32_t threshold;
    uint32_t alias;
};

struct vocabulary {
    struct word words[VOCABULARY]; /* most frequent first */
    struct cell cells[VOCABULARY];
};

enum script { LATIN, ACCENTED, GREEK, CYRILLIC, SCRIPTS };

static const struct {
    const char *consonants[12], *vowels[6];
} syllables[SCRIPTS] = {
    [LATIN] = {{"t", "n", "s", "r", "l", "d", "c", "m", "p", "th", "b", "g"},
               {"e", "a", "o", "i", "u", "ea"}},
    [ACCENTED] = {{"t", "n", "s", "r", "l", "d", "ç", "m", "ñ", "ch", "b", "v"},
                  {"é", "a", "ö", "è", "ü", "e"}},
    [GREEK] = {{"τ", "ν", "κ", "ρ", "λ", "δ", "π", "μ", "θ", "χ", "β", "γ"},
               {"ε", "α", "ο", "ι", "υ", "ω"}},
    [CYRILLIC] = {{"т", "н", "с", "р", "л", "д", "к", "м", "п", "в", "б", "г"},
                  {"е", "а", "о", "и", "у", "я"}},
};

/* ---- The vocabulary ------------------------------------------------------------------------- */

static void append(struct word *word, const char *letters)
{
    const size_t length = strlen(letters);
    memcpy(word->text + word->bytes, letters, length);
    word->bytes = (uint8_t)(word->bytes + length);
}

static void make_word(struct word *word, uint32_t rank, struct random_stream *stream)
{
    /* Frequent words are short, and the first are of one syllable, as in most languages. */
    const uint32_t least = rank < 256 ? 1 : rank < 8192 ? 2 : 3;
    const uint32_t syllable_count = least + (rank < 32 ? 0 : random_below(stream, 2));
    const uint32_t choice = random_below(stream, 64);
    const enum script script = choice < 56   ? LATIN
                               : choice < 62 ? ACCENTED
                               : choice < 63 ? GREEK
                                             : CYRILLIC;
    word->bytes = 0;
    for (uint32_t i = 0; i < syllable_count; i++) {
        append(word, syllables[script].consonants[random_below(stream, 12)]);
        append(word, syllables[script].vowels[random_below(stream, 6)]);
        if (random_below(stream, 3) == 0)
            append(word, syllables[script].consonants[random_below(stream, 8)]);
    }
}

/* Weight of rank r is 2^24 / (r + 2): Zipf's law, flattened a little at its head. The cells are
 * paired in the manner of Vose: one that has less than its share is filled up by one that has
 * more. */
static void make_cells(struct cell *cells, uint64_t *scaled, uint32_t *order)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < VOCABULARY; i++) {
        scaled[i] = (1u << 24) / (i + 2);
        sum += scaled[i];
    }
    uint32_t small = 0, large = VOCABULARY; /* order: small from the front, large from the back */
    for (uint32_t i = 0; i < VOCABULARY; i++) {
        scaled[i] <<= VOCABULARY_BITS; /* a fair share is now `sum` */
        if (scaled[i] < sum)
            order[small++] = i;
        else
            order[--large] = i;
    }
    while (small > 0 && large < VOCABULARY) {
        const uint32_t poor = order[--small], rich = order[large];
        cells[poor] = (struct cell){(uint32_t)((scaled[poor] << 32) / sum), rich};
        scaled[rich] -= sum - scaled[poor];
        if (scaled[rich] < sum) {
            large++;
            order[small++] = rich;
        }
    }
    while (small > 0)
        cells[order[small - 1]] = (struct cell){UINT32_MAX, order[small - 1]}, small--;
    for (; large < VOCABULARY; large++)
        cells[order[large]] = (struct cell){UINT32_MAX, order[large]};
}

static struct vocabulary *make_vocabulary(uint64_t seed)
{
    struct vocabulary *vocabulary = malloc(sizeof(*vocabulary));
    uint64_t *scaled = malloc(VOCABULARY * sizeof(*scaled));
    uint32_t *order = malloc(VOCABULARY * sizeof(*order));
    if (vocabulary != NULL && scaled != NULL && order != NULL) {
        struct random_stream stream = random_block(seed, VOCABULARY_STREAM);
        for (uint32_t i = 0; i < VOCABULARY; i++)
            make_word(&vocabulary->words[i], i, &stream);
        make_cells(vocabulary->cells, scaled, order);
    } else {
        free(vocabulary);
        vocabulary = NULL;
    }
    free(scaled);
    free(order);
    return vocabulary;
}

/* ---- The text ------------------------------------------------------------------------------- */

/* Capitals of the letters above, in place; returns the letter's length. */
static size_t capitalise(uint8_t *letter)
{
    if (letter[0] < 0x80) {
        letter[0] = (uint8_t)(letter[0] - 32);
        return 1;
    }
    const uint32_t code_point = (uint32_t)(letter[0] & 0x1F) << 6 | (letter[1] & 0x3F);
    const uint32_t capital = code_point - 32; /* Latin-1, Greek and Cyrillic alike */
    letter[0] = (uint8_t)(0xC0 | capital >> 6);
    letter[1] = (uint8_t)(0x80 | (capital & 0x3F));
    return 2;
}

/* What follows a word, by 8 random bits: mostly nothing. */
static const char *closing(uint32_t bits, bool *ends_sentence)
{
    *ends_sentence = bits < 18;
    if (bits < 16)
        return ".";
    switch (bits) {
    case 16:
        return "!";
    case 17:
        return "?";
    case 18:
        return ";";
    case 19:
        return ":";
    default:
        return bits < 36 ? "," : "";
    }
}

struct writer {
    uint8_t token[TOKEN_BYTES_MAX];
    size_t length;
    bool sentence_begins;
};

/* Makes the next word with its punctuation; `bits` are 32 random bits. */
static void make_token(struct writer *writer, const struct word *word, uint32_t bits)
{
    uint8_t *token = writer->token;
    size_t length = 0;
    const bool quoted = (bits >> 8 & 0xFF) == 0;
    if (quoted) {
        memcpy(token, "“", 3);
        length = 3;
    }
    const size_t first = length;
    memcpy(token + length, word->text, WORD_BYTES_MAX);
    length += word->bytes;
    if ((bits >> 16 & 0xFF) == 0)
        for (size_t i = first; i < length;)
            i += capitalise(token + i);
    else if (writer->sentence_begins || (bits >> 24 & 15) == 0)
        capitalise(token + first);
    const char *mark = closing(bits & 0xFF, &writer->sentence_begins);
    if (mark[0] != '\0')
        token[length++] = (uint8_t)mark[0];
    if (quoted) {
        memcpy(token + length, "”", 3);
        length += 3;
    }
    writer->length = length;
}

struct text {
    const struct vocabulary *vocabulary;
    uint8_t *text;
    uint64_t bytes, seed;
};

static void fill_block(void *argument, uint64_t block)
{
    const struct text *work = argument;
    const uint64_t begin = block * BLOCK_BYTES;
    const size_t size =
        work->bytes - begin < BLOCK_BYTES ? (size_t)(work->bytes - begin) : BLOCK_BYTES;
    uint8_t *text = work->text + begin;
    struct random_stream stream = random_block(work->seed, block);
    struct writer writer = {.sentence_begins = true};
    size_t used = 0, line = 0;
    for (;;) {
        const uint64_t random = random_next(&stream);
        const uint32_t place = (uint32_t)(random >> (64 - VOCABULARY_BITS));
        const struct cell *cell = &work->vocabulary->cells[place];
        const uint64_t other = random_next(&stream);
        const uint32_t rank = (uint32_t)other < cell->threshold ? place : cell->alias;
        make_token(&writer, &work->vocabulary->words[rank], (uint32_t)(other >> 32));
        if (writer.length + 1 > size - used)
            break;
        memcpy(text + used, writer.token, writer.length);
        used += writer.length;
        const bool line_ends = used - line > LINE_COLUMNS;
        text[used++] = line_ends ? '\n' : ' ';
        if (line_ends)
            line = used;
    }
    memset(text + used, ' ', size - used);
    text[size - 1] = '\n';
}

enum ab_status word_text_make(uint8_t *text, uint64_t bytes, uint64_t seed, unsigned threads,
                              struct ab_error *error)
{
    struct vocabulary *vocabulary = make_vocabulary(seed);
    if (vocabulary == NULL)
        return ab_fail(error, AB_NO_MEMORY, "no memory for the vocabulary of the generated text");
    struct text work = {vocabulary, text, bytes, seed};
    const uint64_t blocks = bytes / BLOCK_BYTES + (bytes % BLOCK_BYTES != 0);
    const enum ab_status status = parallel_blocks(threads, blocks, fill_block, &work, error);
    free(vocabulary);
    return status;
}
