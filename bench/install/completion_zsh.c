/* The parts of the completion of zsh. */
#include <string.h>

#include "bench/install/completion.h"
#include "bench/option_table.h"

/* Within single quotes; a backslash before each of `special`. */
static void add_quoted(struct text *to, const char *words, const char *special)
{
    for (const char *c = words; *c != '\0'; c++) {
        if (*c == '\'')
            text_add(to, "'\\''");
        else
            text_add(to, "%s%c", strchr(special, *c) != NULL ? "\\" : "", *c);
    }
}

static void zsh_option(struct text *to, const struct completion *c)
{
    text_add(to, "        '--%s%s[", c->name, c->kind == VALUE_NONE ? "" : c->joined ? "=-" : "=");
    add_quoted(to, c->help, "\\[]:");
    text_add(to, "]");
    switch (c->kind) {
    case VALUE_NONE:
        break;
    case VALUE_ANY:
        text_add(to, ":value: ");
        break;
    case VALUE_FILE:
        text_add(to, ":file:_files");
        break;
    case VALUE_ONE:
        text_add(to, ":value:(%s)", c->words.data);
        break;
    case VALUE_LIST:
        text_add(to, ":names:_sequence compadd - %s", c->words.data);
        break;
    }
    text_add(to, "'\n");
}

static void zsh_options(struct text *to)
{
    for_common_options(to, zsh_option);
}

static void zsh_own(struct text *to)
{
    for (size_t i = 0; i < kernel_count(); i++) {
        text_add(to, "        (%s)\n        own+=(\n", kernel_at(i)->name);
        for_own_options(to, zsh_option, kernel_at(i));
        text_add(to, "        )\n        ;;\n");
    }
}

static void zsh_described(struct text *to, const char *name, const char *summary)
{
    text_add(to, "        '%s:", name);
    add_quoted(to, summary, "\\:");
    text_add(to, "'\n");
}

static void zsh_kernels(struct text *to)
{
    for (size_t i = 0; i < kernel_count(); i++)
        zsh_described(to, kernel_at(i)->name, kernel_at(i)->summary);
}

static void zsh_commands(struct text *to)
{
    for (const struct known_command *c = known_commands; c->name != NULL; c++)
        zsh_described(to, c->name, c->summary);
}

const struct part zsh_parts[] = {
    {"zsh_kernels", zsh_kernels},
    {"zsh_commands", zsh_commands},
    {"zsh_options", zsh_options},
    {"zsh_own", zsh_own},
    {0},
};
