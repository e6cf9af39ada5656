// SPDX-License-Identifier: Apache-2.0

mod attacks;
mod formulas;
mod ledger;
mod reference;
mod sequences;
