/* Any bytes are a result file, and most are refused. What is read can be reported in every form and
 * compared with itself; no control character and no foreign tag comes out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/compare_rows.h"
#include "bench/report_files.h"
#include "tests/fuzz/everywhere.h"

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_reason(const struct ab_error *error)
{
    require(error->status == AB_INPUT || error->status == AB_NO_MEMORY);
    require(error->message[0] != '\0' && strchr(error->message, '\n') == NULL);
}

static void require_harmless(struct text *text)
{
    require(!text->failed);
    for (size_t i = 0; i < text->length; i++) {
        const unsigned char c = (unsigned char)text->data[i];
        require(c == '\n' || (c >= ' ' && c != 0x7F));
    }
    text_free(text);
}

static void report(const char *file)
{
    struct findings findings;
    struct ab_error error = {0};
    const struct console_style style = {0};
    struct text text = {0};
    if (findings_read(&file, 1, NULL, &findings, &error) != AB_OK) {
        require_reason(&error);
        return;
    }
    report_files_console(&findings, &style, &text);
    require_harmless(&text);
    report_files_markdown(&findings, &text);
    require_harmless(&text);
    report_files_csv(&findings, &text);
    require_harmless(&text);
    report_files_html(&findings, &text);
    const char *script = strstr(text.data, "<script");
    require(script != NULL && strstr(script + 1, "<script") == NULL);
    require_harmless(&text);
    findings_free(&findings);
}

static void compare(const struct results *results)
{
    struct file_comparison comparison;
    struct ab_error error = {0};
    struct text text = {0};
    if (compare_files(results, results, &comparison, &error) != AB_OK) {
        require_reason(&error);
    } else {
        compare_console(&comparison, true, &text);
        text_free(&text); /* has colours */
        compare_markdown(&comparison, &text);
        require_harmless(&text);
        compare_csv(&comparison, &text);
        require_harmless(&text);
        require(compare_json(&comparison, &text, &error) == AB_OK);
        text_free(&text); /* JSON leaves DEL as it is */
    }
    file_comparison_free(&comparison);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char file[] = "/tmp/fuzz_results_XXXXXX";
    struct results results;
    struct ab_error error = {0};
    int descriptor = mkstemp(file);
    require(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    close(descriptor);
    if (results_read(file, &results, &error) == AB_OK)
        compare(&results);
    else
        require_reason(&error);
    results_free(&results);
    report(file);
    unlink(file);
    return 0;
}
