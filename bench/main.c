#include "bench/cli.h"

int main(int argc, char **argv)
{
    return accelbench_run(argc, argv);
}
