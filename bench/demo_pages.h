/* The pages of the classroom demo, as text: each at most 79 columns and PAGE_ROWS rows, words
 * before symbols. They are made from a demo's measurements and know no terminal. */
#ifndef ACCELBENCH_BENCH_DEMO_PAGES_H
#define ACCELBENCH_BENCH_DEMO_PAGES_H

#include "bench/console_style.h"
#include "bench/demo_scenes.h"

/* What there is on this machine. */
void page_welcome(const struct demo *demo, const struct console_style *style, struct text *page);

/* The code, and the question to the class. */
void page_question(const struct demo *demo, enum scene scene, const struct console_style *style,
                   struct text *page);

/* While a take is measured; the progress line goes below. */
void page_measuring(const struct demo *demo, enum scene scene, size_t take,
                    const struct console_style *style, struct text *page);

/* Bars, two lines that explain them, and how the class did. */
void page_picture(const struct demo *demo, enum scene scene, const struct console_style *style,
                  struct text *page);

/* What this run shows. `last`: nothing is offered after it, so it says how to get all the figures.
 */
void page_closing(const struct demo *demo, bool last, const struct console_style *style,
                  struct text *page);

/* The two lines of a picture, and the closing sentence: only what was measured and resolved. */
void explain_order(const struct demo *demo, struct text *text);
void explain_size(const struct demo *demo, struct text *text);
void explain_words(const struct demo *demo, struct text *text);
void closing_sentence(const struct demo *demo, struct text *text);

#endif
