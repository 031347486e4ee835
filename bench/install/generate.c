/* Writes a file that is installed beside the program: `generate TEMPLATE FILE` copies the template
 * and puts in the parts that it names. Runs while accelbench is built. */
#include <stdio.h>
#include <string.h>

#include "bench/install/parts.h"

static const struct part *find_part(const char *name, size_t length)
{
    static const struct part *const lists[] = {manual_parts, completion_parts, bash_parts,
                                               zsh_parts, fish_parts};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        for (const struct part *p = lists[i]; p->name != NULL; p++)
            if (strlen(p->name) == length && strncmp(p->name, name, length) == 0)
                return p;
    return NULL;
}

static enum ab_status read_template(const char *file_name, struct text *text,
                                    struct ab_error *error)
{
    char buffer[4096];
    size_t got;
    FILE *file = fopen(file_name, "rb");
    if (file == NULL)
        return ab_fail_errno(error, AB_SYSTEM, "cannot read %s", file_name);
    do {
        got = fread(buffer, 1, sizeof(buffer), file);
        text_add_bytes(text, buffer, got);
    } while (got == sizeof(buffer));
    bool failed = ferror(file) != 0;
    fclose(file);
    return failed || text->data == NULL
               ? ab_fail(error, AB_SYSTEM, "cannot read %s, or it is empty", file_name)
               : AB_OK;
}

static enum ab_status fill(const char *template, struct text *to, struct ab_error *error)
{
    for (const char *begin; (begin = strstr(template, "@{")) != NULL;) {
        text_add_bytes(to, template, (size_t)(begin - template));
        const char *name = begin + 2;
        size_t length = strcspn(name, "}\n");
        const struct part *part = find_part(name, length);
        if (part == NULL || name[length] != '}')
            return ab_fail(error, AB_INPUT, "no part is named '%.*s'", (int)length, name);
        part->write(to);
        template = name + length + 1;
        /* Parts that are lines end them. */
        if (to->length > 0 && to->data[to->length - 1] == '\n' && *template == '\n')
            template ++;
    }
    text_add(to, "%s", template);
    return AB_OK;
}

int main(int argc, char **argv)
{
    struct ab_error error = {0};
    struct text template = {0}, text = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: %s TEMPLATE FILE\n", argv[0]);
        return 2;
    }
    enum ab_status status = read_template(argv[1], &template, &error);
    if (status == AB_OK)
        status = fill(template.data, &text, &error);
    if (status == AB_OK)
        status = text_write_file(&text, argv[2], &error);
    if (status != AB_OK)
        fprintf(stderr, "%s: %s\n", argv[1], error.message);
    text_free(&template);
    text_free(&text);
    return status == AB_OK ? 0 : 1;
}
