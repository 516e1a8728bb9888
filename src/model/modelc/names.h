// Names of generated files, types and fields.
#pragma once

#include <string>
#include <string_view>

namespace fogbank::modelc {

// "ListObjectsV2" -> "list_objects_v2", "CreateDBInstance" -> "create_db_instance".
std::string snake_case(std::string_view name);

// `name`, with a trailing underscore where C++ or a standard macro owns it.
std::string identifier(std::string_view name);

// "cognito-idp" -> "cognitoidp".
std::string namespace_name(std::string_view id);

// A C++ string literal, quotes included.
std::string literal(std::string_view text);

// Like literal, "nullptr" where `text` is empty.
std::string literal_or_null(std::string_view text);

}  // namespace fogbank::modelc
