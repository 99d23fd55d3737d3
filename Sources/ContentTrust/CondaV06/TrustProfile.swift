// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Which released clients shall accept a channel's signatures.
public enum TrustProfile: String, Sendable, CaseIterable {
    /// conda with its plugin: keys that sign records in full, and no `pkg_mgr.json`.
    case conda
    /// mamba: keys that sign records in mamba's form, and `pkg_mgr.json`. Nobody who looks at all of a record is
    /// served: such a channel cannot be installed from by us.
    case mamba
    /// Both: as many keys in each form as the threshold demands. Each client skips the signatures that are not for it.
    ///
    /// conda then also accepts a record that was cut down to the fields of mamba's form, for a key that it trusts has
    /// signed that.
    case joint

    /// The forms in which records are signed, each by keys of its own.
    public var forms: [RecordForm] {
        switch self {
        case .conda: [.full]
        case .mamba: [.mamba]
        case .joint: [.full, .mamba]
        }
    }
}
