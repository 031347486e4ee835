#include "bench/install/completion.h"

#include <string.h>

#include "bench/option_table.h"
#include "bench/shim/flags.h"

/* ---- What may follow an option -------------------------------------------------------------- */

static void add_word(struct text *words, const char *word, size_t length)
{
    text_add(words, "%s%.*s", words->length == 0 ? "" : " ", (int)length, word);
}

static void add_words(struct text *words, const char *const *list)
{
    for (; *list != NULL; list++)
        add_word(words, *list, strlen(*list));
}

static void add_backends(struct text *words)
{
    for (size_t i = 0; i < backend_count(); i++)
        add_word(words, backend_at(i)->name, strlen(backend_at(i)->name));
}

/* Each name once, whichever cells have it. */
static void add_techniques(struct text *words)
{
    struct text seen = {0};
    for (size_t cell = 0; cell < kernel_count() * backend_count(); cell++) {
        const struct implementation *implementation = find_implementation(
            kernel_at(cell / backend_count()), backend_at(cell % backend_count()));
        const struct technique *t = implementation == NULL ? NULL : implementation->techniques;
        for (; t != NULL && t->name != NULL; t++) {
            if (seen.length > 0 && list_contains(seen.data, t->name))
                continue;
            text_add(&seen, "%s%s", seen.length == 0 ? "" : ",", t->name);
            add_word(words, t->name, strlen(t->name));
        }
    }
    words->failed = words->failed || seen.failed;
    text_free(&seen);
}

static enum value_kind kind_of_text(const char *metavar)
{
    return metavar == NULL ? VALUE_NONE : strcmp(metavar, "FILE") == 0 ? VALUE_FILE : VALUE_ANY;
}

static struct completion of_known(const struct known_option *known)
{
    struct completion c = {.name = known->name, .help = known->help};
    struct text *words = &c.words;
    c.kind = kind_of_text(known->metavar);
    switch (known->kind) {
    case OPTION_BACKENDS:
    case OPTION_TECHNIQUES:
        c.kind = VALUE_LIST;
        add_word(words, "all", 3);
        (known->kind == OPTION_BACKENDS ? add_backends : add_techniques)(words);
        break;
    case OPTION_BASELINE:
        c.kind = VALUE_ONE;
        add_word(words, "none", 4);
        add_backends(words);
        break;
    case OPTION_CHOICE:
        c.kind = VALUE_ONE;
        add_words(words, known->choices);
        break;
    default:
        break;
    }
    return c;
}

static struct completion of_own(const struct kernel_option *own)
{
    struct completion c = {.name = own->name, .help = own->help};
    c.kind = kind_of_text(own->metavar);
    if (own->choices != NULL) {
        c.kind = VALUE_ONE;
        add_words(&c.words, own->choices);
    }
    return c;
}

/* "<a|b|c>" is a choice. */
static struct completion of_flag(const struct flag_description *flag)
{
    struct completion c = {.name = flag->name, .help = flag->help, .joined = flag->value != NULL};
    if (flag->value == NULL)
        return c;
    c.kind = kind_of_text(strcmp(flag->value, "<file>") == 0 ? "FILE" : flag->value);
    if (strchr(flag->value, '|') == NULL || strchr(flag->value + 1, '<') != NULL)
        return c;
    c.kind = VALUE_ONE;
    for (const char *word = flag->value + 1; *word != '\0';) {
        size_t length = strcspn(word, "|>");
        add_word(&c.words, word, length);
        word += length + 1;
    }
    return c;
}

/* ---- All options ---------------------------------------------------------------------------- */

static void write_one(struct text *to, write_completion *write, struct completion c)
{
    write(to, &c);
    to->failed = to->failed || c.words.failed;
    text_free(&c.words);
}

void for_common_options(struct text *to, write_completion *write)
{
    for (const struct known_option *k = known_options; k->name != NULL; k++)
        write_one(to, write, of_known(k));
    struct flag_description flag;
    for (size_t i = 0; flags_describe(i, &flag); i++)
        if (strncmp(flag.name, "benchmark_", 10) == 0)
            write_one(to, write, of_flag(&flag));
}

void for_own_options(struct text *to, write_completion *write, const struct kernel *kernel)
{
    for (const struct kernel_option *o = kernel->options; o->name != NULL; o++)
        write_one(to, write, of_own(o));
}

/* ---- Kernels and commands ------------------------------------------------------------------- */

/* Kernels, if wanted, and the commands before words of these kinds (1 << enum words). */
static void write_names(struct text *to, bool kernels, unsigned kinds)
{
    struct text names = {0};
    for (size_t i = 0; kernels && i < kernel_count(); i++)
        add_word(&names, kernel_at(i)->name, strlen(kernel_at(i)->name));
    for (const struct known_command *c = known_commands; c->name != NULL; c++)
        if ((kinds >> c->words & 1) != 0)
            add_word(&names, c->name, strlen(c->name));
    to->failed = to->failed || names.failed;
    text_add_bytes(to, names.data, names.length);
    text_free(&names);
}

static void write_kernels(struct text *to)
{
    write_names(to, true, 0);
}

static void write_first(struct text *to)
{
    write_names(to, true, ~0u);
}

static void write_takes_files(struct text *to)
{
    write_names(to, true, 1u << WORDS_FILES);
}

static void write_takes_kernels(struct text *to)
{
    write_names(to, false, 1u << WORDS_KERNELS);
}

const struct part completion_parts[] = {
    {"kernels", write_kernels},
    {"first", write_first},
    {"takes_files", write_takes_files},
    {"takes_kernels", write_takes_kernels},
    {0},
};
