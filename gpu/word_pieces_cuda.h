/* word_count on backend cuda, where a text goes to the device in pieces: where to cut it, and what
 * the host keeps of the pieces that are gone. */
#ifndef ACCELBENCH_GPU_WORD_PIECES_CUDA_H
#define ACCELBENCH_GPU_WORD_PIECES_CUDA_H

#include "common/accelbench.h"
#include "common/parallel.h"
#include "common/word_count.h"
#include "cpu/word_table.h"
#include "gpu/word_count_cuda.h"

struct word_pieces {
    const uint8_t *text; /* borrowed; on the host */
    uint64_t bytes;
    enum word_rule rule;
    bool bounded;             /* no piece may be longer than asked for */
    bool total_only;          /* the words of `merged` are not wanted */
    uint64_t words;           /* that were too long for any piece, and counted by the host */
    struct word_table merged; /* owned; the words of all pieces, by the host's own hash */
    struct ab_error error;    /* of word_pieces_next, which can return none */
};

/* Begins anew. */
void word_pieces_begin(struct word_pieces *pieces);

/* The next piece: cut right before white space, so that no word goes across. Where a word is longer
 * than `most` and pieces are bounded, the host counts it itself. */
struct slice word_pieces_next(struct word_pieces *pieces, uint64_t position, uint64_t most);

/* Adds the words of a piece that begins at `origin` in the text. */
enum ab_status word_pieces_merge(struct word_pieces *pieces, const struct word_found *found,
                                 uint64_t count, uint64_t origin, struct ab_error *error);

#endif
