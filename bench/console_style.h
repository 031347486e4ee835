/* How text for people looks where it is shown. */
#ifndef ACCELBENCH_BENCH_CONSOLE_STYLE_H
#define ACCELBENCH_BENCH_CONSOLE_STYLE_H

#include "bench/text.h"

struct options;

struct console_style {
    bool color;
    bool utf8; /* block characters for the bars, else # */
};

/* Decides by --color, the terminal and the locale's environment variables. */
struct console_style console_style(const struct options *options, int file);

/* Colours repeat what words say. Everyone who sees any can tell cyan and yellow apart. */
#define STYLE_BOLD   "1"
#define STYLE_CYAN   "36"
#define STYLE_YELLOW "33"
#define STYLE_RED    "1;31"

/* Words in one of these colours, or without where the style has none. */
void text_add_colored(struct text *text, const struct console_style *style, const char *color,
                      const char *words);

#endif
