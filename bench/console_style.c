#include "bench/console_style.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/options.h"

struct console_style console_style(const struct options *options, int file)
{
    const char *locale = getenv("LC_ALL");
    if (locale == NULL || *locale == '\0')
        locale = getenv("LC_CTYPE");
    if (locale == NULL || *locale == '\0')
        locale = getenv("LANG");
    const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");
    bool wants_color = isatty(file) == 1 && terminal != NULL && strcmp(terminal, "dumb") != 0 &&
                       (no_color == NULL || *no_color == '\0');
    return (struct console_style){
        .color = options->color == COLOR_ALWAYS || (options->color == COLOR_AUTO && wants_color),
        .utf8 =
            locale != NULL && (strstr(locale, "UTF-8") != NULL || strstr(locale, "utf8") != NULL),
    };
}

void text_add_colored(struct text *text, const struct console_style *style, const char *color,
                      const char *words)
{
    if (style->color)
        text_add(text, "\033[%sm%s\033[0m", color, words);
    else
        text_add(text, "%s", words);
}
