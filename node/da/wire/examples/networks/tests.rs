// SPDX-License-Identifier: Apache-2.0

//! That what the report computes is what messages really sum up to.

use crate::{
	committees::{Layout, Load, Stakes},
	costs,
	flood::{self, Policy},
	traffic::{batch_of, Flow, Sample, Talk},
};
use zerog_bls::Signature;
use zerog_da_wire::protocol::*;
use zerog_erasure::Verifier;
use zerog_networks::DrawParams;
use zerog_primitives::da::CommitteeId;

/// Each message of a batch in each network, sent one by one between operators and the dispersers outside.
fn sent_one_by_one(sample: &Sample, operators: usize, layout: Layout, blobs: usize) -> (Vec<Flow>, Flow) {
	let (mut flows, mut disperser) = (vec![Flow::default(); operators], Flow::default());
	let batch = batch_of(sample.encoded.commitment(), blobs).unwrap();
	let verifier = Verifier::new(
		sample.encoded.header(),
		sample.encoded.commitment(),
		sample.encoded.checksum(),
	)
	.unwrap();
	let committees = layout
		.committees(&Stakes::Skewed.list(operators as u32), &DrawParams::DEFAULT)
		.unwrap();
	for members in committees {
		let weights: Vec<u128> = members.iter().map(|member| member.weight).collect();
		let assignment = sample.assignment(&weights);
		let mut rows_held = 0;
		for (place, member) in members.iter().enumerate() {
			let flow = &mut flows[member.operator as usize];
			for push in sample.pushes(&assignment.rows_of(place), blobs > 1) {
				let message = encode_request(&Request::Push(push));
				let Request::Push(push) = decode_request(&message).unwrap() else {
					panic!("another message")
				};
				rows_held += verifier.check_batch(&push.batch).unwrap().len();
				let answer = encode_response(&Response::Pushed(Receipt { held: 1, wanted: 2 }));
				for _ in 0..blobs {
					flow.ingress += message.len() as f64;
					flow.egress += answer.len() as f64;
					disperser.egress += message.len() as f64;
					disperser.ingress += answer.len() as f64;
				}
			}
			if blobs > 1 {
				let seal = encode_request(&Request::Seal(batch.clone())).len() as f64;
				let sealed = encode_response(&Response::Sealed(Places(vec![]))).len() as f64;
				flow.ingress += seal;
				flow.egress += sealed;
				disperser.egress += seal;
				disperser.ingress += sealed;
			}
		}
		assert_eq!(rows_held as u32, sample.encoded.profile().rows());
		for (from, member) in members.iter().enumerate() {
			let share = Share {
				committee: CommitteeId::new(9, 9),
				expiry: 9,
				batch: batch.clone(),
				signer: from as u32,
				signature: Signature([7; 48]),
				sequence: u64::MAX,
				numbered: Signature([8; 48]),
			};
			let share = encode_request(&Request::Share(share)).len() as f64;
			let counted = encode_response(&Response::Counted).len() as f64;
			for other in members.iter().filter(|other| other.operator != member.operator) {
				flows[member.operator as usize].egress += share;
				flows[other.operator as usize].ingress += share;
				flows[other.operator as usize].egress += counted;
				flows[member.operator as usize].ingress += counted;
			}
		}
		disperser.ingress += (sample.payload() * blobs as u64) as f64;
	}
	(flows, disperser)
}

fn assert_near(computed: f64, counted: f64) {
	assert!(
		(computed - counted).abs() <= 1e-9 * counted,
		"{computed} {counted}"
	);
}

#[test]
fn computed_loads_are_the_bytes_of_messages_sent_one_by_one() {
	let mut sample = Sample::new("8 KiB", 8 << 10).unwrap();
	for (operators, layout, blobs) in [
		(9, Layout::Root, 1),
		(9, Layout::Root, 5),
		(12, Layout::Split(3), 2),
		// Seats are drawn, of more operators than there are.
		(205, Layout::Drawn(2), 3),
	] {
		let (flows, outside) = sent_one_by_one(&sample, operators, layout, blobs);
		let talk = Talk::new(blobs).unwrap();
		let committees = layout
			.committees(&Stakes::Skewed.list(operators as u32), &DrawParams::DEFAULT)
			.unwrap();
		let mut load = |disperses| Load::new(&mut sample, operators, &committees, &talk, disperses).unwrap();
		let (apart, dispersing) = (load(false), load(true));
		let payload = (sample.payload() * blobs as u64 * u64::from(layout.networks())) as f64;
		for (operator, counted) in flows.iter().enumerate() {
			assert_near(apart.0[operator].ingress * payload, counted.ingress);
			assert_near(apart.0[operator].egress * payload, counted.egress);
			let part = outside.ingress / operators as f64;
			assert_near(dispersing.0[operator].ingress * payload, counted.ingress + part);
			let part = outside.egress / operators as f64;
			assert_near(dispersing.0[operator].egress * payload, counted.egress + part);
		}
		let most = flows.iter().map(|flow| flow.ingress).fold(0.0, f64::max);
		assert_near(apart.rate(1.0), payload / most);
		let sum: f64 = flows.iter().map(|flow| flow.ingress).sum();
		assert_near(apart.rate_of_mean(1.0), payload * operators as f64 / sum);
	}
}

#[test]
fn pushes_are_counted_by_what_they_are() {
	let mut sample = Sample::new("8 KiB", 8 << 10).unwrap();
	let profile = sample.encoded.profile();
	let traffic = sample.traffic(&[1; 50]);
	let sum = traffic.sum();
	assert_eq!(sum.rows, profile.coded_bytes());
	assert_eq!(sum.indices, u64::from(profile.rows()) * 4);
	assert_eq!(sum.checksum, sum.messages * u64::from(profile.checksum_bytes()));
	assert_eq!(sum.messages, 50);
	assert!(sum.frame > 0 && sum.frame < 50 * 64);
}

#[test]
fn a_committee_too_large_for_a_matrix_carries_nothing() {
	let mut sample = Sample::new("8 KiB", 8 << 10).unwrap();
	let (talk, list) = (Talk::new(1).unwrap(), Stakes::Equal.list(300));
	let committees = Layout::Root.committees(&list, &DrawParams::DEFAULT).unwrap();
	assert!(Load::new(&mut sample, 300, &committees, &talk, false).is_none());
	let committees = Layout::Drawn(1).committees(&list, &DrawParams::DEFAULT).unwrap();
	assert!(Load::new(&mut sample, 300, &committees, &talk, false).is_some());
}

#[test]
fn rows_are_checked_and_certificates_made_for_real() {
	let sample = Sample::new("8 KiB", 8 << 10).unwrap();
	assert_eq!(costs::checking(&sample, 21).unwrap().members_checked, 3);
	for blobs in [1, 3] {
		let certified = costs::certified(&sample, 21, blobs).unwrap();
		assert_eq!(certified.signers, 19);
		assert_eq!(certified.share_bytes as u64, Talk::new(blobs).unwrap().share);
		// Committee, expiry, commitments, bitmap, signature.
		assert_eq!(certified.certificate_bytes, 8 + 4 + 1 + 32 * blobs + 1 + 3 + 48);
	}
}

#[test]
fn a_flood_leaves_the_networks_alone_that_it_does_not_reach() {
	let (networks, epoch) = flood::grown().unwrap();
	assert_eq!(networks.active().count(), flood::NETWORKS as usize);
	for policy in [Policy::Waits, Policy::Overflows] {
		let seen = flood::epoch_of(networks.clone(), epoch, policy, true).unwrap();
		let calm = flood::epoch_of(networks.clone(), epoch, policy, false).unwrap();
		assert_eq!(seen.iter().filter(|row| row.flooded).count(), 1);
		for (row, before) in seen.iter().zip(&calm) {
			assert_eq!(
				(before.mean_wait, before.others_waiting, before.fee),
				(0.0, 0, 1.0)
			);
			if row.flooded {
				assert!(row.fee > 9.0, "{row:?}");
				let hurt = if policy == Policy::Waits {
					row.others_waiting
				} else {
					row.others_elsewhere
				};
				assert!(hurt > 0, "{row:?}");
			} else if row.flood_taken == 0 {
				assert_eq!((row.others, row.mean_wait, row.fee), (before.others, 0.0, 1.0));
			}
		}
		let untouched = seen.iter().filter(|row| row.flood_taken == 0).count();
		assert!(
			untouched >= if policy == Policy::Waits { 7 } else { 3 },
			"{seen:?}"
		);
	}
}
