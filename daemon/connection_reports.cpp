#include "daemon/connection_reports.hpp"

#include <cstring>
#include <string>

namespace tiebreak::daemon {

ConnectionReports::ConnectionReports(zmq::context_t& context, zmq::socket_t& socket, int wanted)
    : socket_(socket), reports_(context, zmq::socket_type::pair) {
    // Each has a name of its own, so that there can be two in one process.
    const std::string name = "inproc://connections-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
    if (::zmq_socket_monitor(socket_.handle(), name.c_str(), wanted) != 0) throw zmq::error_t();
    // libzmq's I/O thread writes the reports and would wait, and everything with it, where there is no room for one.
    reports_.set(zmq::sockopt::rcvhwm, 0);
    reports_.connect(name);
}

ConnectionReports::~ConnectionReports() {
    ::zmq_socket_monitor(socket_.handle(), nullptr, 0);
    reports_.close();
}

// Two frames: sixteen bits of what and thirty-two of value, then the address.
std::optional<ConnectionReports::Report> ConnectionReports::take() {
    zmq::message_t report, address;
    if (!reports_.recv(report, zmq::recv_flags::dontwait)) return std::nullopt;
    if (report.more()) static_cast<void>(reports_.recv(address, zmq::recv_flags::dontwait));  // they come together
    std::uint16_t what = 0;
    std::uint32_t value = 0;
    if (report.size() < sizeof what + sizeof value) return Report{};
    std::memcpy(&what, report.data(), sizeof what);
    std::memcpy(&value, static_cast<const char*>(report.data()) + sizeof what, sizeof value);
    return Report{what, static_cast<int>(value)};
}

}  // namespace tiebreak::daemon
