#include "bench/console_style.h"

#include <string.h>
#include <unistd.h>

#include "bench/options.h"
#include "common/environment.h"

struct console_style console_style(const struct options *options, int file)
{
    const char *locale = environment_value("LC_ALL");
    if (locale == NULL)
        locale = environment_value("LC_CTYPE");
    if (locale == NULL)
        locale = environment_value("LANG");
    const char *terminal = environment_value("TERM"), *no_color = environment_value("NO_COLOR");
    bool wants_color =
        isatty(file) == 1 && terminal != NULL && strcmp(terminal, "dumb") != 0 && no_color == NULL;
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
