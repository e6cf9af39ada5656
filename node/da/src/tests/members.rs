// SPDX-License-Identifier: Apache-2.0

//! Who counts as a member.

use super::{authority, bytes, share, World, GENESIS};
use crate::{
	members::{check_hello, Members},
	protocol::{
		decode_request, decode_response, encode_request, encode_response, Batch, Hello, Refusal, Request,
		Response,
	},
	Misbehaviour,
};
use polkadot_sdk::{
	sc_network::config::OutgoingResponse,
	sc_network_types::PeerId,
	sp_core::{sr25519, Pair},
};
use std::time::{Duration, Instant};
use zerog_primitives::da::{hello_message, Member};

fn hello(pair: &sr25519::Pair, peer: &PeerId) -> Hello {
	let signature = pair.sign(&hello_message(&GENESIS, &peer.to_bytes())).0;
	Hello {
		public: pair.public().0,
		signature,
	}
}

#[test]
fn a_hello_is_good_for_one_peer_one_key_and_one_chain() {
	let (peer, other) = (PeerId::random(), PeerId::random());
	let good = hello(&authority(1), &peer);
	assert!(check_hello(&GENESIS, &peer, &good));
	assert!(!check_hello(&GENESIS, &other, &good));
	assert!(!check_hello(&[8; 32], &peer, &good));
	assert!(!check_hello(
		&GENESIS,
		&peer,
		&Hello {
			public: authority(2).public().0,
			..good
		}
	));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_takes_a_validators_place_with_a_stolen_hello() {
	let world = World::new(4).await;
	let (victim, thief) = (world.sites[2].peer, world.sites[world.observer()].peer);
	let stolen = hello(&authority(2), &victim);
	let request = encode_request(&Request::Identify(Some(stolen)));
	let answer = world
		.hub
		.deliver(thief, world.sites[1].peer, request)
		.await
		.unwrap();
	assert!(matches!(
		decode_response(&answer).unwrap(),
		Response::Identity(Some(_))
	));
	assert!(world.hub.was_reported(thief, Misbehaviour::BadSignature));
	let member = &world.chain.current().members[2];
	assert_eq!(world.node(1).node().members.peer_of(member), Some(victim));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_validator_that_moves_to_another_node_is_found_there() {
	let mut world = World::new(4).await;
	let old = world.sites[3].peer;
	world.stop(3).await;
	world.sites[3].peer = PeerId::random();
	world.start(3).await;
	let member = world.chain.current().members[3].clone();
	let new = world.sites[3].peer;
	assert_ne!(old, new);
	world
		.until("the others know", |world| {
			(0..3).all(|node| world.node(node).node().members.peer_of(&member) == Some(new))
		})
		.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_that_has_not_proved_itself_is_asked_to_when_it_sends_a_share() {
	let mut world = World::new(4).await;
	world.stop(2).await;
	// It is there again as another peer, which nobody comes across.
	let (sender, inbox) = async_channel::bounded(8);
	let (peer, target) = (PeerId::random(), world.sites[1].peer);
	world.hub.put_far_away(peer, [9; 32]);
	world.hub.join(peer, sender);
	let commitment = world.submit(&bytes(10_000, 1)).commitment();
	let deadline = world.chain.info(commitment).unwrap().deadline;
	let own = share(2, 2, Batch::one(commitment), deadline, 0);
	let own = encode_request(&Request::Share(own));
	let tell = || async {
		let answer = world.hub.deliver(peer, target, own.clone()).await;
		decode_response(&answer.unwrap()).unwrap()
	};
	let busy = Response::Refused(Refusal::Busy);
	assert_eq!(tell().await, busy);

	let question = inbox.recv().await.unwrap();
	assert_eq!(question.peer, target);
	let request = decode_request(&question.payload).unwrap();
	assert!(matches!(request, Request::Identify(Some(_))), "{request:?}");
	let identity = Response::Identity(Some(hello(&authority(2), &peer)));
	drop(question.pending_response.send(OutgoingResponse {
		result: Ok(encode_response(&identity)),
		reputation_changes: Vec::new(),
		sent_feedback: None,
	}));
	let mut answer = tell().await;
	while answer == busy {
		tokio::time::sleep(Duration::from_millis(20)).await;
		answer = tell().await;
	}
	assert_eq!(answer, Response::Counted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_of_an_earlier_committee_is_looked_for_when_it_is_missed() {
	let mut world = World::new(4).await;
	let former = world.twin(0).await;
	world.stop(former).await;
	let pair = authority(77);
	let peer = world.sites[former].peer;
	world.hub.put_far_away(peer, pair.public().0);
	world.sites[former].has_left_with(77);
	world.start(former).await;
	let member = Member {
		account: [77; 32],
		authority: Some(pair.public().0),
		key: None,
		weight: 1,
	};
	let members = &world.node(1).node().members;
	assert_eq!(members.peer_of(&member), None);
	members.miss(&member);
	let knows = |world: &World| world.node(1).node().members.peer_of(&member) == Some(peer);
	world.until("it is found", knows).await;
	assert!(!members.is_member(&peer), "it has no more rights than others");
	let asked = world.node(1).node().ask(peer, &Request::Identify(None)).await;
	assert!(matches!(asked, Ok(Response::Identity(Some(_)))), "{asked:?}");
	assert!(knows(&world), "it stays known");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_that_is_gone_is_noticed_by_whoever_asks_it() {
	let mut world = World::new(4).await;
	world.stop(3).await;
	let member = world.chain.current().members[3].clone();
	let node = world.node(0).node();
	assert!(node
		.ask(world.sites[3].peer, &Request::Identify(None))
		.await
		.is_err());
	assert_eq!(node.members.peer_of(&member), None);
	assert_eq!(world.node(0).members_online(), (3, 4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_that_lost_a_message_is_known_again_while_one_that_is_gone_is_waited_for() {
	let mut world = World::new(4).await;
	world.stop(3).await;
	// Discovery knows where it was; nothing is heard from there.
	let (sender, _inbox) = async_channel::bounded(8);
	let gone = PeerId::random();
	world.hub.put_far_away(gone, authority(3).public().0);
	world.hub.join(gone, sender);
	world.hub.stall(move |_, to| *to == gone);
	let node = world.node(0).node();
	let asked = node.ask(world.sites[3].peer, &Request::Identify(None)).await;
	assert!(asked.is_err());
	world
		.until("it is looked for", |world| world.hub.count("stalled") > 0)
		.await;
	let started = Instant::now();
	let (peer, member) = (world.sites[1].peer, world.chain.current().members[1].clone());
	node.members.failed(&peer);
	world
		.until("the other one is known again", |_| {
			node.members.peer_of(&member) == Some(peer)
		})
		.await;
	// The one that is gone is waited for for 5 s.
	let took = started.elapsed();
	assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn only_who_is_waited_for_wakes_those_who_wait() {
	let members = Members::new(GENESIS);
	let mut waiting = members.changes();
	let mut arrives = |key: usize| {
		let peer = PeerId::random();
		assert!(members.accept(peer, &hello(&authority(key), &peer)));
		let is_awake = waiting.has_changed().unwrap();
		waiting.mark_unchanged();
		is_awake
	};
	assert!(!arrives(7), "a stranger");
	let missed = Member {
		account: [8; 32],
		authority: Some(authority(8).public().0),
		key: None,
		weight: 1,
	};
	members.miss(&missed);
	assert!(arrives(8), "who is missed");
	assert!(!arrives(7), "a stranger at another place");
}
