#include "emulator/start_up_code.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace fogbank::emulator {
namespace {

int release_pages(dl_phdr_info* object, std::size_t, void*) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr)& segment = object->dlpi_phdr[i];
        // A page that was written to would lose what was written: relocated data, for one.
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
        const std::uintptr_t from = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
        const std::uintptr_t to = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
        // It is advice: where the kernel does not take it, the pages stay.
        ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
    }
    return 0;
}

}  // namespace

void release_start_up_code() {
    ::dl_iterate_phdr(release_pages, nullptr);
}

}  // namespace fogbank::emulator
