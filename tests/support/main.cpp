#define BOOST_TEST_MODULE kindred
#include <boost/test/unit_test.hpp>
