#pragma once

#include <span>
#include <string_view>

namespace kindred::qmc {

/// Changes of variable that make an integrand periodic, ∫ f(x) dx = ∫ f(ψ(x₁), …) ψ'(x₁) … ψ'(x_d) dx, for lattice rules. The k of Ck and
/// CkSIN says how smooth the periodic integrand is where f is smooth: derivatives up to order k − 1 vanish at the ends (C0: the values).
/// A. Sidi, A new variable transformation for numerical integration, Numerical Integration IV, ISNM 112 (1993) 359-373;
/// F. J. Hickernell, Obtaining O(n^(−2+ε)) convergence for lattice quadrature rules, MCQMC 2000 (2002) 274-289 (baker).
///
/// | name  | ψ(x)                                    | ψ'(x)           |
/// |-------|-----------------------------------------|-----------------|
/// | none  | x                                       | 1               |
/// | baker | 1 − 2 abs(x − 1/2)                      | 1 (the measure is kept, each value taken twice) |
/// | c0    | 3 x² − 2 x³                             | 6 x (1 − x)     |
/// | c1    | x³ (10 − 15 x + 6 x²)                   | 30 x² (1 − x)²  |
/// | c1sin | x − sin(2πx)/(2π)                       | 2 sin²(πx)      |
/// | c2sin | (8 − 9 cos(πx) + cos(3πx))/16           | (3π/4) sin³(πx) |
/// | c3sin | x − (8 sin(2πx) − sin(4πx))/(12π)       | (8/3) sin⁴(πx)  |
enum class Periodization { none, baker, c0, c1, c1sin, c2sin, c3sin };

/// The name as in the table.
std::string_view name_of(Periodization periodization);

/// @throws InputError for an unknown name, with the known ones
Periodization periodization_from_name(std::string_view name);

/// Maps points by ψ, coordinate by coordinate, and gives the products of the ψ'. Both are good to a few units in the last place, ψ near 0
/// too; it is kept in [2^−53, 1 − 2^−53], so that inverse distribution functions are finite. `none` changes nothing. The same bits on
/// every processor of one kind of `long double`. O(count · dimensions).
/// @param points   count × dimensions numbers of [0, 1], row by row, in place
/// @param weights  count numbers, overwritten
/// @throws InputError if the sizes disagree
void periodize(Periodization periodization, std::span<double> points, int dimensions, std::span<double> weights);

}  // namespace kindred::qmc
