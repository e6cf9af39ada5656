// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// What a dapp needs of a chain: storage, events, payments, errors with and without a name.
contract Counter {
    event Increased(address indexed by, uint256 indexed amount, uint256 total, string note);
    event Paid(address indexed by, uint256 value);

    error TooMuch(uint256 asked, uint256 limit);

    uint256 public constant LIMIT = 100;
    uint256 public total;
    mapping(address => uint256) public increasedBy;

    constructor(uint256 start) {
        total = start;
    }

    function increase(uint256 amount, string calldata note) external returns (uint256) {
        if (amount > LIMIT) revert TooMuch(amount, LIMIT);
        require(amount > 0, "nothing to add");
        total += amount;
        increasedBy[msg.sender] += amount;
        emit Increased(msg.sender, amount, total, note);
        return total;
    }

    receive() external payable {
        emit Paid(msg.sender, msg.value);
    }
}
