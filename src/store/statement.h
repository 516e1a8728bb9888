// A prepared statement and the rows it yields. Text and blob views are valid until the next step or reset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace fogbank::store {

// Marks an argument as bytes; std::string_view alone is text.
struct Blob {
    std::string_view bytes;
};

class Statement {
public:
    virtual ~Statement() = default;
    virtual void bind(int parameter, std::int64_t value) = 0;           // 1-based
    virtual void bind_text(int parameter, std::string_view value) = 0;  // not copied: must live until reset
    virtual void bind_blob(int parameter, std::string_view value) = 0;  // likewise
    virtual void bind_text_copy(int parameter, std::string_view value) = 0;
    virtual void bind_blob_copy(int parameter, std::string_view value) = 0;
    virtual void bind_null(int parameter) = 0;
    virtual bool step() = 0;  // true: a row stands ready
    virtual void reset() = 0;
    virtual std::int64_t integer(int column) const = 0;  // 0-based
    virtual std::string_view text(int column) const = 0;
    virtual std::string_view blob(int column) const = 0;
    virtual bool is_null(int column) const = 0;
};

// Whether a statement keeps its own copy of the strings that are bound to it.
enum class Binding { borrow, copy };

namespace detail {
template <Binding kBinding>
void bind_one(Statement& s, int at, std::nullptr_t) {
    s.bind_null(at);
}
template <Binding kBinding>
void bind_one(Statement& s, int at, std::string_view value) {
    if constexpr (kBinding == Binding::copy) {
        s.bind_text_copy(at, value);
    } else {
        s.bind_text(at, value);
    }
}
template <Binding kBinding>
void bind_one(Statement& s, int at, const Blob& value) {
    if constexpr (kBinding == Binding::copy) {
        s.bind_blob_copy(at, value.bytes);
    } else {
        s.bind_blob(at, value.bytes);
    }
}
template <Binding kBinding, class T>
    requires std::is_integral_v<T>
void bind_one(Statement& s, int at, T value) {
    s.bind(at, static_cast<std::int64_t>(value));
}
template <Binding kBinding, class T>
void bind_one(Statement& s, int at, const std::optional<T>& value) {
    if (value) {
        bind_one<kBinding>(s, at, *value);
    } else {
        s.bind_null(at);
    }
}
}  // namespace detail

// Binds ?1, ?2, ... With Binding::borrow the arguments must outlive the statement's use.
template <Binding kBinding = Binding::borrow, class... Args>
void bind_all(Statement& statement, const Args&... args) {
    int at = 0;
    (detail::bind_one<kBinding>(statement, ++at, args), ...);
}

// The rows of one query; resets the statement when it goes. Use as: for (auto& row : txn.query(...))
// row.text(0); or: if (auto rows = txn.query(...); rows.next()) rows->text(0);
class Rows {
public:
    explicit Rows(Statement& statement) : statement_(&statement) {}
    ~Rows() {
        if (statement_ != nullptr) statement_->reset();
    }
    Rows(Rows&& other) noexcept : statement_(other.statement_) { other.statement_ = nullptr; }
    Rows& operator=(Rows&&) = delete;
    bool next() { return statement_->step(); }
    const Statement* operator->() const { return statement_; }
    const Statement& operator*() const { return *statement_; }

    struct End {};
    class Iterator {
    public:
        explicit Iterator(Statement* statement) : statement_(statement) { ++*this; }
        const Statement& operator*() const { return *statement_; }
        Iterator& operator++() {
            more_ = statement_->step();
            return *this;
        }
        bool operator==(End) const { return !more_; }

    private:
        Statement* statement_;
        bool more_ = false;
    };
    Iterator begin() { return Iterator(statement_); }
    End end() { return {}; }

private:
    Statement* statement_;
};

}  // namespace fogbank::store
