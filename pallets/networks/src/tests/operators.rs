// SPDX-License-Identifier: Apache-2.0

//! Who is in which network.

use crate::mock::*;

#[test]
fn the_root_network_has_all_operators_from_the_start() {
	test(|| {
		assert_eq!(root_members(), OPERATORS);
		assert_eq!(members(zerog_networks::ROOT, 1), OPERATORS);
		pass(5);
		assert_eq!(root_members(), OPERATORS);
	});
}
