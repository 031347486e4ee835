#include "tests/made_files.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

char made_root[64];

int make_root(void **state)
{
    (void)state;
    strcpy(made_root, "/tmp/accelbench-files-XXXXXX");
    return mkdtemp(made_root) == NULL;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

int remove_root(void **state)
{
    (void)state;
    return nftw(made_root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void put(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof(path), "%s%s", made_root, name);
    for (char *slash = path + strlen(made_root) + 1; (slash = strchr(slash, '/')) != NULL;
         slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}
