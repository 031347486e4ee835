/* The parts of the completion of bash. */
#include "bench/install/completion.h"

static void bash_value(struct text *to, const struct completion *c)
{
    static const char *const kinds[] = {
        [VALUE_ANY] = "any", [VALUE_FILE] = "file", [VALUE_ONE] = "one ", [VALUE_LIST] = "list "};
    if (c->kind != VALUE_NONE)
        text_add(to, "    --%s) echo %s%s ;;\n", c->name, kinds[c->kind],
                 c->words.length == 0 ? "" : c->words.data);
}

static void bash_name(struct text *to, const struct completion *c)
{
    text_add(to, "--%s%s ", c->name, c->joined ? "=" : "");
}

static void bash_values(struct text *to)
{
    for_common_options(to, bash_value);
    for (size_t i = 0; i < kernel_count(); i++)
        for_own_options(to, bash_value, kernel_at(i));
}

static void bash_own(struct text *to)
{
    for (size_t i = 0; i < kernel_count(); i++) {
        text_add(to, "    %s) echo ", kernel_at(i)->name);
        for_own_options(to, bash_name, kernel_at(i));
        text_add(to, ";;\n");
    }
}

static void bash_options(struct text *to)
{
    for_common_options(to, bash_name);
}

const struct part bash_parts[] = {
    {"bash_values", bash_values},
    {"bash_own", bash_own},
    {"bash_options", bash_options},
    {0},
};
