#include "bench/escape.h"

#include <string.h>

/* Adds the words, with what stands for each character that `special` lists. */
static void add(struct text *text, const char *words, const char *special,
                const char *const *instead)
{
    size_t plain = 0;
    for (const unsigned char *c = (const unsigned char *)words;; c++) {
        const char *found = *c == '\0' ? NULL : strchr(special, *c);
        bool c1 = *c == 0xC2 && c[1] >= 0x80 && c[1] <= 0x9F;
        if (found == NULL && !c1 && *c >= ' ' && *c != 0x7F) {
            plain++;
            continue;
        }
        text_add_bytes(text, c - plain, plain);
        plain = 0;
        if (*c == '\0')
            return;
        if (found != NULL)
            text_add(text, "%s", instead[found - special]);
        else if (c1)
            text_add(text, "\\u%04x", *++c);
        else
            text_add(text, "\\x%02x", *c);
    }
}

void text_add_plain(struct text *text, const char *words)
{
    add(text, words, "", NULL);
}

void text_add_html(struct text *text, const char *words)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    add(text, words, "&<>\"'", entities);
}

/* HTML is part of Markdown. */
void text_add_markdown(struct text *text, const char *words)
{
    static const char *const escaped[] = {"\\\\", "\\|", "\\`",   "\\*",  "\\_",
                                          "\\[",  "\\]", "&amp;", "&lt;", "&gt;"};
    add(text, words, "\\|`*_[]&<>", escaped);
}

void text_add_csv(struct text *text, const char *words)
{
    static const char *const doubled[] = {"\"\""};
    text_add(text, "\"");
    add(text, words, "\"", doubled);
    text_add(text, "\"");
}
