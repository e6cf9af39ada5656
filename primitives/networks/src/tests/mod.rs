// SPDX-License-Identifier: Apache-2.0

mod attacks;
mod draws;
mod registry;
mod routes;
mod security;
mod sequences;
