// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import TrustCore

/// The one place that says how mamba's form of a record is made.
public enum MambaRecords {
    /// Makes mamba's form of a record; nil where it cannot be made.
    public static let form: MambaFormSource = { record, listsPip in
        try MambaForm(of: record, in: MambaForm.Index(listsPip: listsPip)).bytes
    }
}
