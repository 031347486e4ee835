/* The parts of the completion of fish. */
#include "bench/install/completion.h"
#include "bench/option_table.h"

/* Within single quotes. */
static void add_quoted(struct text *to, const char *words)
{
    for (const char *c = words; *c != '\0'; c++)
        text_add(to, "%s%c", *c == '\'' || *c == '\\' ? "\\" : "", *c);
}

static void fish_value(struct text *to, const struct completion *c)
{
    switch (c->kind) {
    case VALUE_NONE:
        break;
    case VALUE_ANY:
        text_add(to, " -x");
        break;
    case VALUE_FILE:
        text_add(to, " -r -F");
        break;
    case VALUE_ONE:
        text_add(to, " -x -a '%s'", c->words.data);
        break;
    case VALUE_LIST:
        text_add(to, " -x -a '(__fish_complete_list , \"string split \\\\  \\\"%s\\\"\")'",
                 c->words.data);
        break;
    }
}

/* The condition before it stands in a variable of the script. */
static void fish_option(struct text *to, const struct completion *c)
{
    text_add(to, "complete -c accelbench -n $condition -l %s", c->name);
    fish_value(to, c);
    text_add(to, " -d '");
    add_quoted(to, c->help);
    text_add(to, "'\n");
}

static void fish_options(struct text *to)
{
    text_add(to, "set -l condition true\n");
    for_common_options(to, fish_option);
    for (size_t i = 0; i < kernel_count(); i++) {
        text_add(to, "set condition '__fish_seen_subcommand_from %s'\n", kernel_at(i)->name);
        for_own_options(to, fish_option, kernel_at(i));
    }
}

static void fish_word(struct text *to, const char *name, const char *summary)
{
    text_add(to, "complete -c accelbench -n \"not __fish_seen_subcommand_from $first\" -a %s -d '",
             name);
    add_quoted(to, summary);
    text_add(to, "'\n");
}

static void fish_words(struct text *to)
{
    for (size_t i = 0; i < kernel_count(); i++)
        fish_word(to, kernel_at(i)->name, kernel_at(i)->summary);
    for (const struct known_command *c = known_commands; c->name != NULL; c++)
        fish_word(to, c->name, c->summary);
}

const struct part fish_parts[] = {
    {"fish_words", fish_words},
    {"fish_options", fish_options},
    {0},
};
