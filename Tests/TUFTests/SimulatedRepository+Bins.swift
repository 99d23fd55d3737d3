// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Testing
import TrustCore

@testable import TUF

extension SimulatedRepository {
    /// Delegates to 2^`bitLength` hash bins, in which the given paths are.
    mutating func delegateToBins(_ prefix: String, bitLength: Int, holding paths: [TargetPath]) throws {
        let key = try PrivateKey.generate(.ed25519)
        let name = try #require(RoleName(prefix))
        var delegations = Delegations()
        try delegations.setBins(prefix: name, bitLength: bitLength, to: RoleSetup([key.publicKey]))
        targets.delegations = delegations
        for bin in delegations.names {
            keys[bin] = [key]
            delegates[bin] = TargetsMetadata(header: Self.header(1))
        }
        for path in paths {
            let bin = try #require(delegations.roles(for: path).first)
            try add(path.text, path.text, to: bin.name.text)
        }
    }

    /// Adds a role that is trusted with the paths whose hash begins so.
    mutating func delegate(hashPrefixes: [String], to text: String) throws {
        let name = try #require(RoleName(text))
        let key = try PrivateKey.generate(.ed25519)
        keys[name] = [key]
        try edit("targets") { metadata in
            var delegations = metadata.delegations ?? Delegations()
            try delegations.set(
                name,
                to: RoleSetup([key.publicKey]),
                scope: .hashPrefixes(hashPrefixes),
                terminating: false
            )
            metadata.delegations = delegations
        }
        delegates[name] = TargetsMetadata(header: Self.header(1))
    }
}
