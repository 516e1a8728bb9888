// A hand-written type that probe.patch.json puts in place of a modelled string.
#pragma once

#include "src/model/shape.h"

#include <string>

namespace probe {

struct Point {
    int x = 0;
};

inline constexpr fogbank::model::CustomAccess kPointAccess{
    [](fogbank::json::Value in, void* out) { static_cast<Point*>(out)->x = static_cast<int>(in.integer()); },
    [](const void* in, fogbank::json::Writer& out) { out.integer(static_cast<const Point*>(in)->x); }};

}  // namespace probe
