/* The kernel's answer below the table. */
#include <string.h>

#include "bench/report_console_parts.h"

/* Of a string, so that a line stays on the screen; files have all of it. */
enum { STRING_COLUMNS = 40 };

/* A result is JSON from our own writer, on one line. For people it loses its punctuation: one
 * member a line, and one element of a list a line. JSON leaves DEL and U+0080 to U+009F alone; they
 * must not reach a terminal, which may obey them. */
static void add_result_lines(struct text *text, const char *json)
{
    int depth = 0, columns = 0; /* of this string */
    bool in_string = false;
    for (const unsigned char *c = (const unsigned char *)json; *c != '\0'; c++) {
        bool quote = *c == '"';
        columns = !in_string ? 0 : columns + text_begins_character((char)*c);
        if (in_string && !quote && columns > STRING_COLUMNS) {
            if (columns == STRING_COLUMNS + 1 && text_begins_character((char)*c))
                text_add(text, "...");
            c += *c == '\\';
        } else if (in_string && *c == '\\') {
            text_add_bytes(text, c++, 2);
        } else if (in_string && *c == 0x7F) {
            text_add(text, "\\u007f");
        } else if (in_string && *c == 0xC2 && c[1] >= 0x80 && c[1] <= 0x9F) {
            text_add(text, "\\u%04x", *++c);
        } else if (in_string || strchr("{}[],", *c) == NULL) {
            if (in_string || *c != ' ' || c[1] != '[') /* a list begins on the next line */
                text_add_bytes(text, c, 1);
        } else if (*c == ',') {
            text_add(text, depth == 1 ? "\n   " : ",");
        } else {
            depth += *c == '{' || *c == '[' ? 1 : -1;
            if (*c == '{')
                text_add(text, depth == 1 ? "\n    " : "\n      ");
            if (*c == '}' && depth == 2 && strncmp((const char *)c, "}, ", 3) == 0)
                c += 2;
        }
        in_string = quote ? !in_string : in_string;
    }
    text_add(text, "\n");
}

void console_add_result(const struct measurement *m, struct text *text)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct alternative *a = &m->alternatives[i];
        if (!alternative_measured(a) || a->result == NULL)
            continue;
        text_add(text, "\n  result of %s", a->entry->name);
        add_result_lines(text, a->result);
        return;
    }
}
