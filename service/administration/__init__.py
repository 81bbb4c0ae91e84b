"""What a district's office decides for everybody: parameters, documents, wording, holidays; and looking after its logs."""
