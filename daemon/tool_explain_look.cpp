#include "daemon/tool_explain_look.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace tiebreak::daemon {

wire::Look look_of_output() {
    wire::Look look;
    if (::isatty(STDOUT_FILENO) == 0) return look;
    const char* const no_color = std::getenv("NO_COLOR");
    look.colours = no_color == nullptr || *no_color == '\0';
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        look.width = std::clamp<std::size_t>(size.ws_col, 60, 120);
    return look;
}

}  // namespace tiebreak::daemon
