// Settings that a service keeps and shows, and does not act on: the log tells of them, STRICT=1 refuses them.
#pragma once

#include <string_view>

namespace fogbank::gateway {

enum class Unheeded { told, refused };

// For the whole process, as the level of the log is.
void set_unheeded(Unheeded what);

// Under Unheeded::refused throws Error NotImplemented (501) that names the setting; otherwise nothing
// happens. Called before anything is written.
void refuse_unheeded(std::string_view setting);

}  // namespace fogbank::gateway
