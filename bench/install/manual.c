/* The parts of the manual page, in troff's man macros. */
#include <ctype.h>
#include <string.h>

#include "bench/help.h"
#include "bench/install/parts.h"
#include "bench/option_table.h"
#include "config.h"

/* As it stands, whatever it is: a point that begins a word could begin a line, and would be a
 * command there. */
static void escape(struct text *to, const char *words)
{
    for (const char *c = words; *c != '\0'; c++) {
        if ((*c == '.' || *c == '\'') && (c == words || c[-1] == ' '))
            text_add(to, "\\&");
        if (*c == '\\')
            text_add(to, "\\e");
        else if (*c == '-')
            text_add(to, "\\-");
        else
            text_add_bytes(to, c, 1);
    }
}

static void paragraph(struct text *to, const char *words)
{
    struct text escaped = {0};
    escape(&escaped, words);
    to->failed = to->failed || escaped.failed;
    text_add_wrapped(to, 0, escaped.failed ? "" : escaped.data);
    text_free(&escaped);
}

/* A name in bold and a metavariable in italics, if there is one. */
static void name_line(struct text *to, const char *before, const char *name, const char *metavar)
{
    text_add(to, "\\fB");
    escape(to, before);
    escape(to, name);
    text_add(to, "\\fR");
    if (metavar != NULL) {
        text_add(to, " \\fI");
        escape(to, metavar);
        text_add(to, "\\fR");
    }
    text_add(to, "\n");
}

/* Such a line, and what it means below. */
static void term(struct text *to, const char *before, const char *name, const char *metavar,
                 const char *meaning)
{
    text_add(to, ".TP\n");
    name_line(to, before, name, metavar);
    paragraph(to, meaning);
}

static void write_date(struct text *to)
{
    text_add(to, "%s", PAGE_DATE);
}

static void write_version(struct text *to)
{
    text_add(to, "%s", AB_VERSION);
}

static void write_synopsis(struct text *to)
{
    name_line(to, "accelbench", "", "[OPTIONS] KERNEL [FILE...]");
    for (const struct known_command *c = known_commands; c->name != NULL; c++) {
        text_add(to, ".br\n");
        name_line(to, "accelbench ", c->name, c->usage);
    }
}

static void write_commands(struct text *to)
{
    for (const struct known_command *c = known_commands; c->name != NULL; c++)
        term(to, "", c->name, c->usage, c->summary);
}

static void write_kernels(struct text *to)
{
    for (size_t i = 0; i < kernel_count(); i++)
        term(to, "", kernel_at(i)->name, NULL, kernel_at(i)->summary);
}

static void write_backends(struct text *to)
{
    for (size_t i = 0; i < backend_count(); i++) {
        const struct backend_entry *entry = backend_at(i);
        struct text meaning = {0};
        if (entry->backend != NULL)
            text_add(&meaning, "%s", entry->backend->summary);
        else
            text_add(&meaning, "not in this program: %s", entry->why_not);
        term(to, "", entry->name, NULL, meaning.failed ? "" : meaning.data);
        to->failed = to->failed || meaning.failed;
        text_free(&meaning);
    }
}

static void write_options(struct text *to)
{
    for (const struct known_option *k = known_options; k->name != NULL; k++) {
        char dashes[OPTION_DASHES];
        if (k->heading != NULL)
            text_add(to, ".SS %s\n", k->heading);
        term(to, option_dashes(k, dashes), k->name, k->metavar, k->help);
    }
    for (size_t i = 0; i < kernel_count(); i++) {
        text_add(to, ".SS Only for %s\n", kernel_at(i)->name);
        for (const struct kernel_option *o = kernel_at(i)->options; o->name != NULL; o++)
            term(to, "--", o->name, o->metavar, o->help);
    }
}

static void write_notes(struct text *to)
{
    for (const struct help_note *note = help_notes; note->heading != NULL; note++) {
        text_add(to, ".SH ");
        for (const char *c = note->heading; *c != '\0'; c++)
            text_add(to, "%c", toupper((unsigned char)*c));
        text_add(to, "\n");
        if (note->text != NULL)
            paragraph(to, note->text);
        for (const struct help_term *t = note->terms; t != NULL && t->name != NULL; t++)
            term(to, "", t->name, NULL, t->meaning);
    }
}

const struct part manual_parts[] = {
    {"date", write_date},
    {"version", write_version},
    {"man_synopsis", write_synopsis},
    {"man_commands", write_commands},
    {"man_kernels", write_kernels},
    {"man_backends", write_backends},
    {"man_options", write_options},
    {"man_notes", write_notes},
    {0},
};
