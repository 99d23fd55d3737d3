// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import Sigstore
public import TrustCore

/// An instance of Sigstore that is known on this machine, and what everything that is believed of it begins
/// with.
public struct SigstoreAnchor: Sendable {
    /// What the keys of an instance follow from.
    public enum Basis: Sendable {
        /// The TUF root and the keys that come with the program.
        case shipped(SigstoreInstance)
        /// A TUF root that the user gave as a file, and where its repository is.
        case repository(tufRoot: [UInt8], url: ChannelURL)
        /// Files that the user gave: exactly these keys, and never the network.
        case files(trustedRoot: [UInt8], signingConfig: [UInt8]?)
    }

    /// What it is called.
    public let name: SigstoreInstanceName
    /// What its keys follow from.
    public let basis: Basis
    /// When the user made it known; nil for those that come with the program.
    public let added: Timestamp?
    /// The folder that holds what is known of it.
    let directory: String
    /// The version of the top-level targets metadata below which keys are older than those that were shipped.
    let oldestTargets: Int64

    init(
        name: SigstoreInstanceName,
        basis: Basis,
        added: Timestamp?,
        directory: String,
        oldestTargets: Int64 = 1
    ) {
        self.name = name
        self.basis = basis
        self.added = added
        self.directory = directory
        self.oldestTargets = oldestTargets
    }

    /// The root and the place of its TUF repository; nil if it has none.
    func repository() throws -> (tufRoot: [UInt8], url: ChannelURL)? {
        switch basis {
        case .shipped(let instance): (instance.tufRoot, try ChannelURL(instance.tufURL))
        case .repository(let tufRoot, let url): (tufRoot, url)
        case .files: nil
        }
    }

    /// Where the state of its last update is.
    var statePath: String { directory + "/state.json" }
    /// What whoever updates it holds. Beside the folder: a lock that can be removed is none.
    var lockPath: String { directory + ".lock" }
}
