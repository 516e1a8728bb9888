#include "src/http/read_file.h"

#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace fogbank::http {

std::string read_file(const FileBody& file) {
    std::string bytes(file.length, '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t size = ::pread(file.descriptor, bytes.data() + done, bytes.size() - done,
                                     static_cast<off_t>(file.offset + done));
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) break;
        done += static_cast<std::size_t>(size);
    }
    ::close(file.descriptor);
    if (done < bytes.size()) throw std::runtime_error("an object is shorter than it says");
    return bytes;
}

}  // namespace fogbank::http
