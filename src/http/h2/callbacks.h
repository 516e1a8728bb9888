// What nghttp2 calls back. Nothing here resumes a coroutine: that happens when nghttp2 has returned.
#pragma once

#include <nghttp2/nghttp2.h>

namespace fogbank::http::h2 {

// Made once, used by all sessions.
const nghttp2_session_callbacks* callbacks();
const nghttp2_option* options();
// The body of an answer, by the stream's pieces.
nghttp2_data_provider body_provider();

}  // namespace fogbank::http::h2
