#include "bench/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t noted, exit_at_once;
static const char *volatile doomed_file;

static void on_signal(int signal_number)
{
    static const char farewell[] = "accelbench: interrupted\n", clear_line[] = "\r\033[K";
    if (exit_at_once) {
        if (doomed_file != NULL)
            unlink(doomed_file);
        ssize_t ignored = 0;
        if (isatty(STDERR_FILENO) == 1) /* the progress line may stand there */
            ignored = write(STDERR_FILENO, clear_line, sizeof(clear_line) - 1);
        ignored += write(STDERR_FILENO, farewell, sizeof(farewell) - 1);
        (void)ignored;
        _exit(128 + signal_number);
    }
    noted = signal_number;
}

void interrupt_install(void)
{
    noted = 0;
    /* No SA_RESTART: a wait ends at once. */
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
}

void interrupt_exit(const char *file_to_remove)
{
    doomed_file = file_to_remove;
    exit_at_once = 1;
}

void interrupt_note(void)
{
    exit_at_once = 0;
}

void interrupt_block(bool block)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(block ? SIG_BLOCK : SIG_UNBLOCK, &signals, NULL);
}

int interrupt_signal(void)
{
    return noted;
}
