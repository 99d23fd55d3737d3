// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Which bytes a key signs for a record of an index.
public enum RecordForm: String, Sendable, CaseIterable {
    /// The record as it is, every field of it: what conda verifies.
    case full = "conda"
    /// The dozen fields that mamba's solver keeps, written anew: what mamba verifies. What else the record says
    /// is not covered, so that a signature in this form never admits a package here.
    case mamba
}
