/* Strings of any bytes, as key-less values and after a key: what is written is strict JSON. */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/unicode.h"
#include "tests/fuzz/everywhere.h"

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Returns the first byte behind the string that opens at *text. */
static const char *skip_string(const char *text)
{
    require(*text++ == '"');
    while (*text != '"') {
        const struct unicode_character c = unicode_decode((const uint8_t *)text, strlen(text));
        require(c.code_point >= ' ' && c.code_point < UNICODE_STRAY);
        if (c.code_point == '\\') {
            require(text[1] != '\0' && strchr("\"\\/bfnrtu", text[1]) != NULL);
            const size_t digits = text[1] == 'u' ? 4 : 0;
            text += 2;
            require(strspn(text, "0123456789abcdefABCDEF") >= digits);
            text += digits;
        } else {
            text += c.bytes;
        }
    }
    return text + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_writer json = {.one_line = true};
    struct ab_error error = {0};
    json_begin_array(&json, NULL);
    json_string_bytes(&json, NULL, data, size);
    json_end_array(&json);
    require(json_finish(&json, &error) == AB_OK && strlen(json.text) == json.length);
    const char *text = json.text;
    require(*text++ == '[');
    while (*text == ' ')
        text++;
    text = skip_string(text);
    while (*text == ' ')
        text++;
    require(*text++ == ']');
    require(strspn(text, "\n") == strlen(text));
    json_free(&json);
    return 0;
}
