// SPDX-License-Identifier: Apache-2.0

//! Networks come and go with the load.

use crate::mock::*;

#[test]
fn a_network_is_spawned_certifies_drains_and_is_gone() {
	test(|| {
		let name = network(&OPERATORS);
		assert_eq!(name, 1);
	});
}
