package initrunner.role;

import java.util.function.Predicate;

/// What a value must fulfil beyond its type.
///
/// @param broken what a value is that does not fulfil it, as "is blank"
/// @param allowed what would, as "text that is not blank"
/// @param next what to do about it, or blank
record Rule<T>(String broken, String allowed, String next, Predicate<T> holds) {}
