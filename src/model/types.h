// The types that generated structures are made of, beside the standard ones. Kept light: every generated
// header includes this file.
#pragma once

#include "src/base/bytes.h"
#include "src/base/timestamp.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fogbank::model {

// Any JSON value, kept as text.
struct JsonText {
    std::string text;
    bool operator==(const JsonText&) const = default;
};

template <class T>
using Map = std::map<std::string, T, std::less<>>;

// An optional value on the heap: for members that close a cycle. Copies deeply.
template <class T>
class Box {
public:
    Box() = default;
    Box(const T& value) : value_(std::make_unique<T>(value)) {}
    Box(T&& value) : value_(std::make_unique<T>(std::move(value))) {}
    Box(const Box& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
    Box(Box&&) noexcept = default;
    Box& operator=(const Box& other) { return *this = Box(other); }
    Box& operator=(Box&&) noexcept = default;
    explicit operator bool() const { return value_ != nullptr; }
    bool has_value() const { return value_ != nullptr; }
    T& emplace() { return *(value_ = std::make_unique<T>()); }
    T& operator*() { return *value_; }
    const T& operator*() const { return *value_; }
    T* operator->() { return value_.get(); }
    const T* operator->() const { return value_.get(); }

private:
    std::unique_ptr<T> value_;
};

}  // namespace fogbank::model
