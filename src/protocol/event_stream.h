// Messages of AWS's binary event streams (application/vnd.amazon.eventstream), out.
// docs: Amazon S3 API Reference, "SelectObjectContent", appendix "Response".
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace fogbank::protocol {

using EventHeader = std::pair<std::string_view, std::string_view>;  // text only: type 7

// Appends one message: lengths, their CRC-32, headers, payload, CRC-32 of it all.
void append_event_message(std::string& out, std::initializer_list<EventHeader> headers,
                          std::string_view payload);

}  // namespace fogbank::protocol
